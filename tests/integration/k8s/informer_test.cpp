#include "k8s/informer.h"

#include <nlohmann/json.hpp>

#include "base/sync.h"
#include "tests/integration/k8s/real_cluster.h"

namespace pedigree::k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class InformerTest : public RealCluster {
  protected:
    // Waits until the store shows what the predicate wants.
    static bool eventually(const std::function<bool()>& predicate) {
        const auto end = std::chrono::steady_clock::now() + seconds(20);
        while (!predicate()) {
            if (std::chrono::steady_clock::now() > end) {
                return false;
            }
            std::this_thread::sleep_for(milliseconds(5));
        }
        return true;
    }
    ReflectorOptions here() const {
        ReflectorOptions options;
        options.name_space = namespace_name_;
        options.field_selector = "metadata.name!=kube-root-ca.crt";
        return options;
    }

    Sync<std::vector<std::string>> seen_;
    ChangeHandler note_ = [this](const Change& change) {
        const char* words[] = {"added", "updated", "deleted"};
        seen_.lock()->push_back(std::string(words[static_cast<int>(change.type)]) + " " +
                                key_of(*change.object).name);
    };
};

TEST_F(InformerTest, StreamsTheListAndThenFollows) {
    for (const char* name : {"a", "b"}) {
        ASSERT_TRUE(client_->create(config_maps, config_map(name, "1")));
    }
    Informer informer(*client_, config_maps, here(), note_);
    informer.start();
    ASSERT_TRUE(informer.wait_until_synced(seconds(20), {}));
    EXPECT_EQ(informer.store().size(), 2u);
    EXPECT_EQ(informer.counters().watch_list_fallbacks, 0u);
    EXPECT_EQ(informer.counters().lists, 0u);

    const auto changed = client_->patch(config_maps, {namespace_name_, "a"}, PatchKind::Merge,
                                        {{"data", {{"value", "2"}}}}, {});
    ASSERT_TRUE(changed);
    EXPECT_TRUE(
        eventually([&] { return informer.store().has_seen(resource_version_of(*changed)); }));
    const Object cached = informer.store().get({namespace_name_, "a"});
    EXPECT_EQ((*cached)["data"]["value"], "2");
    EXPECT_FALSE((*cached)["metadata"].contains("managedFields"));

    ASSERT_TRUE(client_->remove(config_maps, {namespace_name_, "b"}, {}));
    EXPECT_TRUE(eventually([&] { return informer.store().size() == 1; }));
    informer.stop();
    const auto seen = *seen_.lock();
    EXPECT_EQ(seen, (std::vector<std::string>{"added a", "added b", "updated a", "deleted b"}));
}

// The same Api, but a streaming list is refused, as servers without the feature do.
struct WithoutStreamingLists final : Api {
    explicit WithoutStreamingLists(Api& real) : server(real) {}
    Result<Json> get(const ResourceType& t, const ObjectKey& k) override {
        return server.get(t, k);
    }
    Result<ObjectList> list(const ResourceType& t, const ListOptions& o) override {
        return server.list(t, o);
    }
    Result<Json> create(const ResourceType& t, const Json& o) override {
        return server.create(t, o);
    }
    Result<Json> replace(const ResourceType& t, const Json& o) override {
        return server.replace(t, o);
    }
    Result<Json> patch(const ResourceType& t, const ObjectKey& k, PatchKind p, const Json& b,
                       const PatchOptions& o) override {
        return server.patch(t, k, p, b, o);
    }
    Status remove(const ResourceType& t, const ObjectKey& k, const DeleteOptions& o) override {
        return server.remove(t, k, o);
    }
    Status watch(const ResourceType& t, const WatchOptions& o, const ByteSink& sink,
                 std::stop_token stop) override {
        if (o.send_initial_events) {
            return failure(ErrorCode::InvalidInput, "sendInitialEvents is forbidden");
        }
        return server.watch(t, o, sink, std::move(stop));
    }
    Status pod_log(const ObjectKey& k, const LogOptions& o, const ByteSink& sink,
                   std::stop_token stop) override {
        return server.pod_log(k, o, sink, std::move(stop));
    }
    Api& server;
};

TEST_F(InformerTest, ListsWhereStreamingIsRefused) {
    ASSERT_TRUE(client_->create(config_maps, config_map("a", "1")));
    WithoutStreamingLists api(*client_);
    Informer informer(api, config_maps, here(), note_);
    informer.start();
    ASSERT_TRUE(informer.wait_until_synced(seconds(20), {}));
    EXPECT_EQ(informer.counters().watch_list_fallbacks, 1u);
    ASSERT_TRUE(client_->create(config_maps, config_map("b", "1")));
    EXPECT_TRUE(eventually([&] { return informer.store().size() == 2; }));
}

TEST_F(InformerTest, StopsAtOnce) {
    Informer informer(*client_, config_maps, here(), note_);
    informer.start();
    ASSERT_TRUE(informer.wait_until_synced(seconds(20), {}));
    const auto begun = std::chrono::steady_clock::now();
    informer.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(2));
}

} // namespace
} // namespace pedigree::k8s
