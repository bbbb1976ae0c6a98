import os, pathlib
model = pathlib.Path("outputs/model")
model.mkdir(parents=True)
for name in ("epoch-1.ckpt", "epoch-2.ckpt"):
    (model / name).write_bytes(name.encode() * 100)
os.symlink("epoch-2.ckpt", model / "last.ckpt")
