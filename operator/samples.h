#pragma once
// take_samples: the metrics that are a state, not an event: depths, what the caches show, what the
// database holds. Taken now and then by a thread of their own ("samples"), so that a scrape, which
// anybody may ask for, costs neither the database nor the caches anything. What cannot be read is
// NaN until it can.

#include "k8s/work_queue.h"
#include "operator/api/metrics.h"
#include "operator/reconcile/caches.h"
#include "store/pool.h"

namespace pedigree::control {

struct SampleParts {
    Metrics& metrics;
    const k8s::WorkQueue& queue;
    const Caches& caches;
    store::Pool& pool;           // role pedigree_writer
    store::Pool& sequencer_pool; // role pedigree_sequencer
    bool leads = false;
};

void take_samples(const SampleParts& parts);

} // namespace pedigree::control
