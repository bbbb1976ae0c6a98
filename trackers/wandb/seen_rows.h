#pragma once
// SeenRows: which rows of a run's history are known already, so that a push that the SDK repeats,
// and the .wandb file beside the stream, add only what is missing. A row is known by its step and
// its time together (the SDK writes both into the stream and into the file; two writers of one run
// have the same steps at other times). So many rows are kept one by one as wandb_marks_max says, in
// two halves: when the newer one is full the older one is forgotten. Of what was forgotten the
// steps remain, as spans. Pure; at most 0.6 MiB a run.

#include <cstdint>
#include <map>
#include <unordered_set>

namespace pedigree::trackers::wandb {

enum class Step {
    New,   // no row of this run had it before
    Known, // some row had it, perhaps without this key
};

// Whole numbers that were seen, as spans: few of them, since steps mostly follow each other. Beyond
// wandb_step_spans_max the two that are nearest to the front become one: a step between them then
// counts as seen.
class Spans {
  public:
    bool contains(std::int64_t number) const;
    void add(std::int64_t number);
    std::size_t size() const { return spans_.size(); }

  private:
    std::map<std::int64_t, std::int64_t> spans_; // first -> last, apart by at least 2
};

class SeenRows {
  public:
    // Whether a row of this step and time was seen; if not, it is from now on.
    bool seen_or_add(std::int64_t step, double timestamp);
    // Before the row is added: whether any row had this step.
    Step step(std::int64_t step) const;
    // Rows are known by their steps alone from now on: a run that has ended sends none again.
    void forget_marks();
    // A process takes the run up and may begin with step 0 again: its rows are new, their steps
    // known.
    void begin_again() { forgotten_ = false; }

  private:
    std::unordered_set<std::uint64_t> newer_;
    std::unordered_set<std::uint64_t> older_;
    Spans steps_;
    bool forgotten_ = false;
};

} // namespace pedigree::trackers::wandb
