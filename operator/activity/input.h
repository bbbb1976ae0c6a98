#pragma once
// InputMaker: an order for each try of an activity, from the Experiment's history, the frozen spec,
// the platform's configuration and the Secrets it needs, read at that moment and given to that one
// piece of work. What a kind of activity needs stands in its file of kinds/. Any thread may call.

#include <chrono>

#include "operator/activity/subject.h"

namespace pedigree::control {

class InputMaker {
  public:
    // Borrows all but the credentials.
    explicit InputMaker(OrderSources from) : from_(std::move(from)) {}

    // InvalidInput, NotFound: the Experiment cannot be served as it is (Configuration).
    Result<ActivityOrder> make(const PendingActivity& activity) const;

    // What is left to do once the order's Jobs have succeeded.
    Result<ActivityOrder> make_after_jobs(const PendingActivity& activity,
                                          const ActivityOrder& order) const;

    // How long after it was wanted the activity is given up.
    Result<std::chrono::seconds> give_up_after(const PendingActivity& activity) const;

  private:
    const OrderSources from_;
};

} // namespace pedigree::control
