# Our own programs, in the folder that dev/check uses as well.
build_title="programs of pedigree"
build_lane=compile

PROGRAMS=(pedigree-operator pedigree-worker pedigree-recorder pedigree-launch pedigree)

build_step() {
    need cmake ninja
    cmake -S "$ROOT" --preset dev -B "$BUILD"
    nice -n 5 ninja -C "$BUILD" "${PROGRAMS[@]}"
    ln -sf pedigree "$BUILD/bin/kubectl-pedigree" # makes it `kubectl pedigree`
}
