import multiprocessing, sys


def load():
    held = []
    while True:
        held.append(bytearray(b"x" * (16 << 20)))


if __name__ == "__main__":
    worker = multiprocessing.get_context("fork").Process(target=load)
    worker.start()
    worker.join()
    print("RuntimeError: a loader's process ended with", worker.exitcode, file=sys.stderr)
    sys.exit(1)
