# The sample Experiment, followed live to its end, and its trace.
sample_experiment_title="sample Experiment"
sample_experiment_needs="base wheels"

try_next() {
    cat <<END

    . dev/run/env, then try:
      kubectl get experiments -o wide
      pedigree trace exp/$1 -o dot
      pedigree run -f dev/run/samples/mnist.yaml --set parameters.train.epochs=4 --follow
      pedigree logs exp/$1
      pedigree lint manifests/samples/mnist.yaml

END
}

sample_experiment_step() {
    local name sample=$ROOT/dev/run/samples/mnist.yaml
    . "$ROOT/dev/run/env"
    need pedigree
    [ -e "$sample" ] || fail "dev/run/samples/mnist.yaml is missing" "run dev/quickstart --only sample_project"
    name=$(pedigree run -f "$sample" -o name --follow 2> >(live cat)) ||
        fail "the sample Experiment did not succeed" "pedigree describe ${name:-mnist-1}; pedigree logs ${name:-mnist-1}"
    live pedigree trace "exp/$name"
    live try_next "$name"
}
