#!/usr/bin/env python3
"""Makes images out of tar files, in a folder of the form "OCI image layout" that skopeo can push.

    oci_image.py layer LAYOUT < FILES.tar           compresses a layer; prints its description (JSON)
    oci_image.py image LAYOUT TAG CONFIG LAYER...   CONFIG: the "config" object as JSON; LAYER: files
                                                    with what `layer` printed; prints the image's digest

No container is started for it and no storage is kept: the same tars give the same digest.
"""
import hashlib
import json
import os
import pathlib
import sys
import tempfile
import zlib

MEDIA = "application/vnd.oci.image."
BLOCK_BYTES = 1 << 20
GZIP_LEVEL = 1
GZIP_WINDOW = 16 + zlib.MAX_WBITS  # a gzip header with no name and no time


def keep_blob(layout, path, digest):
    target = layout / "blobs/sha256" / digest
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)


def write_blob(layout, document, media):
    body = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(body).hexdigest()
    part = layout / f"part-{digest}"
    part.write_bytes(body)
    keep_blob(layout, part, digest)
    return {"mediaType": MEDIA + media, "digest": "sha256:" + digest, "size": len(body)}


def layer(layout, source):
    packed, plain, size = hashlib.sha256(), hashlib.sha256(), 0
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    layout.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=layout, delete=False) as part:
        while block := source.read(BLOCK_BYTES):
            plain.update(block)
            out = compressor.compress(block)
            packed.update(out)
            size += part.write(out)
        out = compressor.flush()
        packed.update(out)
        size += part.write(out)
    os.chmod(part.name, 0o644)
    keep_blob(layout, part.name, packed.hexdigest())
    return {
        "mediaType": MEDIA + "layer.v1.tar+gzip",
        "digest": "sha256:" + packed.hexdigest(),
        "size": size,
        "diff_id": "sha256:" + plain.hexdigest(),
    }


def set_tag(layout, tag, manifest):
    path = layout / "index.json"
    index = json.loads(path.read_text()) if path.exists() else {"schemaVersion": 2, "manifests": []}
    name = "org.opencontainers.image.ref.name"
    others = [entry for entry in index["manifests"] if entry["annotations"][name] != tag]
    index["manifests"] = others + [{**manifest, "annotations": {name: tag}}]
    path.write_text(json.dumps(index))
    (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


def image(layout, tag, config, layer_files):
    layers = [json.loads(pathlib.Path(file).read_text()) for file in layer_files]
    diff_ids = [entry.pop("diff_id") for entry in layers]
    document = {
        "architecture": "amd64",
        "os": "linux",
        "config": json.loads(config),
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MEDIA + "manifest.v1+json",
        "config": write_blob(layout, document, "config.v1+json"),
        "layers": layers,
    }
    descriptor = write_blob(layout, manifest, "manifest.v1+json")
    set_tag(layout, tag, descriptor)
    return descriptor["digest"]


def main(verb, layout, *rest):
    if verb == "layer":
        print(json.dumps(layer(pathlib.Path(layout), sys.stdin.buffer)))
    else:
        print(image(pathlib.Path(layout), rest[0], rest[1], rest[2:]))


if len(sys.argv) < 3 or sys.argv[1] not in ("layer", "image"):
    sys.exit(__doc__)
main(*sys.argv[1:])
