import pathlib, mlflow
names = ["model-epoch=00-val_loss=0.78.ckpt", "a+b.txt", "\u00fcbung.txt", "h#.txt", "x&y=1;z.txt", "[a].txt", "c:d.txt",
         "accuracy 95%.txt", "q?.txt", "50%25.txt"]
pathlib.Path("kept").mkdir()
pathlib.Path("kept/h#.txt").write_text("whole")
with mlflow.start_run():
    for name in names:
        pathlib.Path(name).write_text(name)
        try:
            mlflow.log_artifact(name)
            print("KEPT", ascii(name), flush=True)
        except Exception as problem:
            answer = getattr(getattr(problem, "response", None), "text", str(problem))
            print("REFUSED", ascii(name), answer[:300], flush=True)
