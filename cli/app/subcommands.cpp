#include "cli/app/subcommands.h"

namespace pedigree::cli {

const std::vector<Subcommand>& subcommands() {
    static const std::vector<Subcommand> all{
        {"run", "creates the next execution of a project",
         "  {} run -f experiment.yaml --follow\n"
         "  {} run -f experiment.yaml --set parameters.train.epochs=4\n"
         "  {} run -f experiment.yaml --dirty --follow\n"
         "  {} run -f experiment.yaml --commit 3f786850e387550fdab836ed7e6dc881de23001b"},
        {"get", "lists Experiments",
         "  {} get\n  {} get -A --project mnist -o wide\n  {} get mnist-1 -o yaml"},
        {"wait",
         "returns when Experiments have ended, or are as asked; the exit code is their result",
         "  {} wait mnist-1 --timeout 10m\n  {} wait mnist-1 --for condition=ImageReady"},
        {"trace", "tells where something comes from, what came from it, and what is not known",
         "  {} trace exp/mnist-1\n  {} trace ./downloaded-model/\n"
         "  {} trace commit:3f786850e387550fdab836ed7e6dc881de23001b -o dot"},
        {"find", "lists the models of a project", "  {} find --project mnist -o json"},
        {"trials", "lists the trials of an Experiment's search",
         "  {} trials mnist-4 --sort value --limit 5\n"
         "  {} trials mnist-4 --filter state=Failed -o wide\n"
         "  {} trials mnist-4 --filter 'train.lr>0.01' -o csv"},
        {"compare", "tells what differs between trials, Experiments or models",
         "  {} compare mnist-4/3 mnist-4/7\n"
         "  {} compare exp/mnist-3 exp/mnist-4 --all\n"
         "  {} compare ./model-a ./model-b -o json"},
        {"lint", "says what is wrong with a document, without a cluster",
         "  {} lint experiment.yaml"},
        {"logs", "prints what the training printed, also after its pod is gone",
         "  {} logs -f mnist-1\n  {} logs mnist-1 --attempt 2\n  {} logs -f --latest"},
        {"describe", "shows one Experiment with its conditions, attempts and events",
         "  {} describe mnist-1"},
        {"search", "proposes parameters for trials, without a cluster",
         "  {} search serve search.yaml --history search.jsonl\n"
         "  {} search explain search.yaml --history search.jsonl\n"
         "  {} search predict search.yaml --history search.jsonl --parameters lr=0.01,layers=3\n"
         "  {} search simulate search.yaml"},
        {"verify", "builds an image again and compares, without a cluster",
         "  {} verify image:registry.example.com/vision@sha256:... --wheels ./wheels\n"
         "  {} verify image:registry.example.com/vision@sha256:... --source . -o json"},
        {"lock", "pins the packages that go on top of a base image, without a cluster",
         "  {} lock requirements.in --base registry.example.com/tensorflow@sha256:... "
         "-o requirements.lock\n"
         "  {} lock requirements.in --base registry.example.com/python@sha256:... "
         "-o requirements.lock --format json"},
        {"plan", "says what building an image would make, and why, and builds nothing",
         "  {} plan --image -f experiment.yaml --source .\n"
         "  {} plan --image -f experiment.yaml --against base -o json"},
        {"version", "prints the version", ""},
        {"completion", "prints a completion script for a shell",
         "  source <({} completion bash)\n"
         "  {} completion fish > ~/.config/fish/completions/pedigree.fish"}};
    return all;
}

std::string command_name(std::string_view program) {
    const std::size_t slash = program.rfind('/');
    const std::string_view base =
        slash == std::string_view::npos ? program : program.substr(slash + 1);
    return base.starts_with("kubectl-") ? "kubectl pedigree" : "pedigree";
}

} // namespace pedigree::cli
