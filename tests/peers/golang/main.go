// Command golang-peer is the other side of the tests of libbw/tlog: signed notes and RFC 6962 roots as
// the Go project's own packages (golang.org/x/mod/sumdb) understand them. See build.sh.
//
//	golang-peer open VKEY     verifies the signed note on standard input, prints its text
//	golang-peer roots         reads leaves, one per line; prints the root at each size from 1, in hex
//	golang-peer sign NAME     signs the text on standard input with a new key; prints the signing key,
//	                          the verifier key and the note, the first two on a line each
//	golang-peer cosign SKEY   adds a signature by SKEY to the signed note on standard input
//	golang-peer cosigned VKEY verifies the cosignature of the witness VKEY on the note on standard input as
//	                          c2sp.org/tlog-cosignature says, prints its time
//	golang-peer witness NAME TIME  adds the cosignature of a new witness to the signed note on standard input;
//	                          prints the witness's verifier key on a line, and the note
//	golang-peer ask NAME OLD  reads leaves, one per line; prints the verifier key of a new log on a line, and the
//	                          request (c2sp.org/tlog-witness, add-checkpoint) for their checkpoint of a log that asks
//	                          a witness who cosigned OLD of them
//	golang-peer proofs        reads leaves, one per line; prints every proof of the trees up to that size, as
//	                          "record SIZE INDEX HASH…" and "tree SIZE OLD-SIZE HASH…"
//	golang-peer check         reads such lines, with "ROOT LEAF-HASH" or "ROOT OLD-ROOT" before the hashes;
//	                          prints "yes" or "no" for each
//	golang-peer tiles DIR SIZE ROOT  reads a tiled log (tile/<level>/…, c2sp.org/tlog-tiles), checks every tile
//	                          that its leaves need against the root, and prints the hash of each leaf
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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
	case len(args) == 2 && args[0] == "cosigned":
		return cosigned(args[1], input)
	case len(args) == 3 && args[0] == "witness":
		return cosignAs(args[1], args[2], input)
	case len(args) == 3 && args[0] == "ask":
		return ask(args[1], args[2], input)
	case len(args) == 1 && args[0] == "proofs":
		return proofs(input)
	case len(args) == 1 && args[0] == "check":
		return check(string(input))
	case len(args) == 4 && args[0] == "tiles":
		return tiles(args[1], args[2], args[3])
	}
	return errors.New("usage: open VKEY | roots | sign NAME | cosign SKEY | cosigned VKEY | witness NAME TIME | ask NAME OLD | proofs | check | tiles DIR SIZE ROOT")
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

// store keeps the hashes of a growing tree.
type store []tlog.Hash

func (s *store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = (*s)[index]
	}
	return hashes, nil
}

// grow appends each line of the input and calls each with the size reached.
func grow(input []byte, s *store, each func(size int64) error) error {
	for i, leaf := range bytes.Split(bytes.TrimSuffix(input, []byte("\n")), []byte("\n")) {
		hashes, err := tlog.StoredHashes(int64(i), leaf, s)
		if err != nil {
			return err
		}
		*s = append(*s, hashes...)
		if err := each(int64(i) + 1); err != nil {
			return err
		}
	}
	return nil
}

func roots(input []byte) error {
	var stored store
	return grow(input, &stored, func(size int64) error {
		root, err := tlog.TreeHash(size, &stored)
		fmt.Printf("%x\n", root[:])
		return err
	})
}

func line(kind string, size, other int64, hashes []tlog.Hash) {
	fmt.Printf("%s %d %d", kind, size, other)
	for _, hash := range hashes {
		fmt.Printf(" %x", hash[:])
	}
	fmt.Println()
}

func proofs(input []byte) error {
	var stored store
	return grow(input, &stored, func(size int64) error {
		for n := int64(0); n < size; n++ {
			record, err := tlog.ProveRecord(size, n, &stored)
			if err != nil {
				return err
			}
			line("record", size, n, record)
			tree, err := tlog.ProveTree(size, n+1, &stored)
			if err != nil {
				return err
			}
			line("tree", size, n+1, tree)
		}
		return nil
	})
}

func parseHash(text string) (hash tlog.Hash, err error) {
	bytes, err := hex.DecodeString(text)
	if err == nil && len(bytes) != len(hash) {
		err = errors.New("not a hash: " + text)
	}
	copy(hash[:], bytes)
	return hash, err
}

func check(input string) error {
	for _, line := range strings.Split(strings.TrimSuffix(input, "\n"), "\n") {
		words := strings.Fields(line)
		if len(words) < 5 {
			return errors.New("not a proof: " + line)
		}
		size, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return err
		}
		other, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			return err
		}
		var hashes []tlog.Hash
		for _, word := range words[3:] {
			hash, err := parseHash(word)
			if err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		switch words[0] {
		case "record":
			err = tlog.CheckRecord(hashes[2:], size, hashes[0], other, hashes[1])
		case "tree":
			err = tlog.CheckTree(hashes[2:], size, hashes[0], other, hashes[1])
		default:
			return errors.New("not a proof: " + line)
		}
		if err == nil {
			fmt.Println("yes")
		} else {
			fmt.Println("no")
		}
	}
	return nil
}

// tileFolder gives Go the tiles of a folder in C2SP's layout, which leaves the height (8) out of the path.
type tileFolder string

func (folder tileFolder) Height() int { return 8 }

func (folder tileFolder) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		bytes, err := os.ReadFile(filepath.Join(string(folder), filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (folder tileFolder) SaveTiles([]tlog.Tile, [][]byte) {}

func tiles(folder, sizeText, rootText string) error {
	size, err := strconv.ParseInt(sizeText, 10, 64)
	if err != nil {
		return err
	}
	root, err := parseHash(rootText)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tileFolder(folder))
	for n := int64(0); n < size; n++ {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return err
		}
		fmt.Printf("%x\n", hashes[0][:])
	}
	return nil
}

// witness verifies cosignatures of type 0x04.
type witness struct {
	name string
	key  []byte
	time uint64
}

func (w *witness) Name() string { return w.name }

func (w *witness) KeyHash() uint32 {
	digest := sha256.Sum256([]byte(w.name + "\n\x04" + string(w.key)))
	return binary.BigEndian.Uint32(digest[:])
}

func (w *witness) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	w.time = binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.time, message)
	return ed25519.Verify(w.key, []byte(signed), signature[8:])
}

func cosigned(vkey string, message []byte) error {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return errors.New("not the key of a witness")
	}
	verifier := &witness{name: parts[0], key: key[1:]}
	if fmt.Sprintf("%08x", verifier.KeyHash()) != parts[1] {
		return errors.New("the key's id is wrong")
	}
	if _, err := note.Open(message, note.VerifierList(verifier)); err != nil {
		return err
	}
	fmt.Println(verifier.time)
	return nil
}

// cosigner makes cosignatures of type 0x04 with a time that was asked for.
type cosigner struct {
	witness
	private ed25519.PrivateKey
}

func (c *cosigner) Sign(message []byte) ([]byte, error) {
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, message)
	return append(binary.BigEndian.AppendUint64(nil, c.time), ed25519.Sign(c.private, []byte(signed))...), nil
}

func cosignAs(name, timeText string, message []byte) error {
	time, err := strconv.ParseUint(timeText, 10, 63)
	if err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	signer := &cosigner{witness{name: name, key: public, time: time}, private}
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open(message, nil); !errors.As(err, &unverified) {
		return err
	}
	cosigned, err := note.Sign(unverified.Note, signer)
	if err != nil {
		return err
	}
	key := base64.StdEncoding.EncodeToString(append([]byte{4}, public...))
	fmt.Printf("%s+%08x+%s\n%s", name, signer.KeyHash(), key, cosigned)
	return nil
}

func ask(name, oldText string, input []byte) error {
	old, err := strconv.ParseInt(oldText, 10, 64)
	if err != nil {
		return err
	}
	var stored store
	var size int64
	err = grow(input, &stored, func(reached int64) error {
		size = reached
		return nil
	})
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, &stored)
	if err != nil {
		return err
	}
	var proof tlog.TreeProof
	if old > 0 {
		if proof, err = tlog.ProveTree(size, old, &stored); err != nil {
			return err
		}
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", name, size, root)
	checkpoint, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	fmt.Printf("%s\nold %d\n", vkey, old)
	for _, hash := range proof {
		fmt.Println(hash)
	}
	fmt.Printf("\n%s", checkpoint)
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
