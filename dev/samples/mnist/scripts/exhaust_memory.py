"""Takes 64 MiB at a time until the pod's memory limit ends it; gives up at 8 GiB."""
BLOCK_BYTES = 64 * 1024 * 1024
BYTES_MAX = 8 * 1024 * 1024 * 1024

blocks = []
while len(blocks) * BLOCK_BYTES < BYTES_MAX:
    blocks.append(b"x" * BLOCK_BYTES)
    print(f"holding {len(blocks) * 64} MiB", flush=True)
