// Command golang-peer is the other side of the tests of libbw/tlog: signed notes and RFC 6962 roots as
// the Go project's own packages (golang.org/x/mod/sumdb) understand them. See build.sh.
//
//	golang-peer open VKEY     verifies the signed note on standard input, prints its text
//	golang-peer roots         reads leaves, one per line; prints the root at each size from 1, in hex
//	golang-peer sign NAME     signs the text on standard input with a new key; prints the signing key,
//	                          the verifier key and the note, the first two on a line each
//	golang-peer cosign SKEY   adds a signature by SKEY to the signed note on standard input
package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "golang-peer:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 2 && args[0] == "open":
		return open(args[1], input)
	case len(args) == 1 && args[0] == "roots":
		return roots(input)
	case len(args) == 2 && args[0] == "sign":
		return sign(args[1], string(input))
	case len(args) == 2 && args[0] == "cosign":
		return cosign(args[1], input)
	}
	return errors.New("usage: open VKEY | roots | sign NAME | cosign SKEY")
}

func open(vkey string, message []byte) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	fmt.Print(opened.Text)
	return nil
}

func roots(input []byte) error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	leaves := bytes.Split(bytes.TrimSuffix(input, []byte("\n")), []byte("\n"))
	for i, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(i), leaf, reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(int64(i)+1, reader)
		if err != nil {
			return err
		}
		fmt.Printf("%x\n", root[:])
	}
	return nil
}

func sign(name, text string) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	message, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n%s\n%s", skey, vkey, message)
	return nil
}

func cosign(skey string, message []byte) error {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	// Nobody's signature is known here, so that all are kept as they are.
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open(message, nil); !errors.As(err, &unverified) {
		return err
	}
	cosigned, err := note.Sign(unverified.Note, signer)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(cosigned)
	return err
}
