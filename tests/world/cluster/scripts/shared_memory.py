from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=128 << 20)
block.buf[:] = b"x" * (128 << 20)
