import time
for block in range(160):
    print(("%06d " % block + "x" * 1000 + "\n") * 128, end="", flush=True)
    time.sleep(0.05)
