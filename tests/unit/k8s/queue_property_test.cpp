// Whatever is added, taken, done and retried in whatever order: a key is in work once, none is
// lost, a namespace keeps to its share, and the highest priority comes first. Judged by a list.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "k8s/queue_order.h"

namespace pedigree::k8s {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t share_max = 2;

enum class Call { Add, AddLater, Take, Done, Retry, Forget, Wait };

struct Step {
    Call call{};
    ObjectKey key;
    Priority priority{};
    milliseconds time{};
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
    return out << static_cast<int>(step.call) << " " << step.key.text() << " "
               << static_cast<int>(step.priority) << " " << step.time.count() << " ms";
}

rc::Gen<Step> any_step() {
    const auto key = rc::gen::construct<ObjectKey>(rc::gen::element<std::string>("a", "b", "c"),
                                                   rc::gen::element<std::string>("1", "2", "3"));
    return rc::gen::construct<Step>(
        rc::gen::element(Call::Add, Call::Add, Call::AddLater, Call::Take, Call::Take, Call::Done,
                         Call::Done, Call::Retry, Call::Forget, Call::Wait),
        key, rc::gen::element(Priority::Background, Priority::Normal, Priority::Urgent),
        rc::gen::map(rc::gen::inRange(0, 50), [](int count) { return milliseconds(count); }));
}

// The queue as a list of what was asked for.
class Model {
  public:
    void add(const ObjectKey& key, Priority priority, QueueTime ready_at) {
        const auto [entry, fresh] = wanted_.try_emplace(key, Wanted{priority, ready_at});
        if (!fresh) {
            entry->second.priority = std::max(entry->second.priority, priority);
            entry->second.ready_at = std::min(entry->second.ready_at, ready_at);
        }
    }
    void retry(const ObjectKey& key, Priority priority, QueueTime now) {
        const auto wait = retry_first * (std::int64_t{1} << std::min(failures_[key]++, 20));
        add(key, priority, now + std::min<milliseconds>(wait, retry_ceiling));
    }
    void forget(const ObjectKey& key) { failures_.erase(key); }
    void done(const ObjectKey& key) { in_work_.erase(key); }

    // What may come now; of these the ones of the highest priority.
    std::set<ObjectKey> candidates(QueueTime now) const {
        std::set<ObjectKey> found;
        std::optional<Priority> highest;
        for (const auto& [key, wanted] : wanted_) {
            if (wanted.ready_at > now || in_work_.contains(key) ||
                in_work_of(key.name_space) >= share_max) {
                continue;
            }
            if (!highest || wanted.priority > *highest) {
                highest = wanted.priority;
                found.clear();
            }
            if (wanted.priority == *highest) {
                found.insert(key);
            }
        }
        return found;
    }
    void taken(const ObjectKey& key) {
        wanted_.erase(key);
        in_work_.insert(key);
    }
    const std::set<ObjectKey>& in_work() const { return in_work_; }
    bool idle() const { return wanted_.empty() && in_work_.empty(); }

  private:
    struct Wanted {
        Priority priority{};
        QueueTime ready_at{};
    };
    std::size_t in_work_of(const std::string& name_space) const {
        return static_cast<std::size_t>(
            std::count_if(in_work_.begin(), in_work_.end(),
                          [&](const ObjectKey& key) { return key.name_space == name_space; }));
    }
    std::map<ObjectKey, Wanted> wanted_;
    std::set<ObjectKey> in_work_;
    std::map<ObjectKey, int> failures_;
};

// The queue and what it should be, side by side.
class Pair {
  public:
    void take() {
        const auto may_come = model_.candidates(now_);
        const auto key = order_.take(now_);
        RC_ASSERT(key.has_value() == !may_come.empty());
        if (key) {
            RC_ASSERT(may_come.contains(*key));
            model_.taken(*key);
        }
    }
    void done(const ObjectKey& key) {
        order_.done(key, now_);
        model_.done(key);
    }
    void run(const Step& step) {
        switch (step.call) {
        case Call::Add:
            order_.add(step.key, step.priority, now_, now_);
            return model_.add(step.key, step.priority, now_);
        case Call::AddLater:
            order_.add(step.key, step.priority, now_ + step.time, now_);
            return model_.add(step.key, step.priority, now_ + step.time);
        case Call::Take:
            return take();
        case Call::Done:
            return done(step.key);
        case Call::Retry:
            order_.retry(step.key, step.priority, now_);
            return model_.retry(step.key, step.priority, now_);
        case Call::Forget:
            order_.forget(step.key);
            return model_.forget(step.key);
        case Call::Wait:
            now_ += step.time;
        }
    }
    // Everything that was wanted comes, and nothing else.
    void drain() {
        now_ += 2 * retry_ceiling;
        while (!model_.idle()) {
            for (const ObjectKey& key : std::set(model_.in_work())) {
                done(key);
            }
            if (!model_.idle()) {
                take();
            }
        }
        RC_ASSERT(order_.idle());
    }

  private:
    QueueOrder order_{share_max};
    Model model_;
    QueueTime now_{};
};

RC_GTEST_PROP(QueueProperty, IsTheListOfWhatIsWanted, ()) {
    Pair pair;
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step())) {
        pair.run(step);
    }
    pair.drain();
}

} // namespace
} // namespace pedigree::k8s
