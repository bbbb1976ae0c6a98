// estargz_read reads a layer as containerd's stargz snapshotter does, which mounts it before it has all
// of it: estargz_read FILE TOC-DIGEST prints of each entry its kind, mode and the digest of its bytes
// (or a symlink's target), and fails where the table of contents does not tell the truth.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/opencontainers/go-digest"
)

// One chunk at a time, through the verifier, as the snapshotter fetches them.
func contents(reader *estargz.Reader, verifier estargz.TOCEntryVerifier, entry *estargz.TOCEntry) (string, error) {
	file, err := reader.OpenFile(entry.Name)
	if err != nil {
		return "", err
	}
	whole := sha256.New()
	for at := int64(0); at < entry.Size; {
		chunk, ok := reader.ChunkEntryForOffset(entry.Name, at)
		if !ok {
			return "", fmt.Errorf("no chunk at %d", at)
		}
		check, err := verifier.Verifier(chunk)
		if err != nil {
			return "", err
		}
		// At once: each read begins at the chunk's first byte again.
		piece := make([]byte, chunk.ChunkSize)
		if _, err := file.ReadAt(piece, chunk.ChunkOffset); err != nil && err != io.EOF {
			return "", err
		}
		whole.Write(piece)
		check.Write(piece)
		if !check.Verified() {
			return "", fmt.Errorf("chunk at %d: other bytes than the table says", at)
		}
		at += chunk.ChunkSize
	}
	return fmt.Sprintf("%x", whole.Sum(nil)), nil
}

func walk(reader *estargz.Reader, verifier estargz.TOCEntryVerifier, entry *estargz.TOCEntry, tree map[string][]any) error {
	var err error
	entry.ForeachChild(func(_ string, child *estargz.TOCEntry) bool {
		word := child.LinkName
		if child.Type == "reg" {
			word, err = contents(reader, verifier, child)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", child.Name, err)
			return false
		}
		tree[child.Name] = []any{child.Type, child.Mode, word}
		err = walk(reader, verifier, child, tree)
		return err == nil
	})
	return err
}

func read(path, toc string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	facts, err := file.Stat()
	if err != nil {
		return err
	}
	reader, err := estargz.Open(io.NewSectionReader(file, 0, facts.Size()))
	if err != nil {
		return err
	}
	verifier, err := reader.VerifyTOC(digest.Digest(toc))
	if err != nil {
		return err
	}
	root, _ := reader.Lookup("")
	tree := map[string][]any{}
	if err := walk(reader, verifier, root, tree); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(tree)
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: estargz_read FILE TOC-DIGEST")
		os.Exit(2)
	}
	if err := read(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
