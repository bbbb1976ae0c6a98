#include "k8s/store.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/k8s/scripted_api.h"

namespace pedigree::k8s {
namespace {

Object make(const std::string& name, const std::string& uid, const std::string& version,
            const std::string& owner = "", const std::string& label = "") {
    Json object = object_at(name, uid, version);
    if (!owner.empty()) {
        object["metadata"]["ownerReferences"] = {{{"uid", owner}, {"controller", true}}};
    }
    if (!label.empty()) {
        object["metadata"]["labels"]["run"] = label;
    }
    return std::make_shared<const Json>(std::move(object));
}

std::string told(const std::vector<Change>& changes) {
    std::string out;
    for (const auto& change : changes) {
        const char* signs[] = {"+", "~", "-"};
        out += signs[static_cast<int>(change.type)] + uid_of(*change.object) +
               (change.final_state_unknown ? "? " : " ");
    }
    return out;
}

TEST(Store, ANewUidIsADeleteAndAnAdd) {
    Store store;
    EXPECT_EQ(told(store.put(make("a", "u1", "1"))), "+u1 ");
    EXPECT_EQ(told(store.put(make("a", "u1", "2"))), "~u1 ");
    EXPECT_EQ(told(store.put(make("a", "u2", "3"))), "-u1? +u2 ");
    EXPECT_EQ(told(store.remove(make("a", "u1", "4"))), ""); // late news of the former
    EXPECT_EQ(told(store.remove(make("a", "u2", "5"))), "-u2 ");
    EXPECT_EQ(store.size(), 0u);
}

TEST(Store, NeverGoesBackInTime) {
    Store store;
    (void)store.put(make("a", "u1", "10"));
    EXPECT_EQ(told(store.put(make("a", "u1", "10"))), "");
    EXPECT_EQ(told(store.put(make("a", "u1", "9"))), "");
    EXPECT_EQ(told(store.replace_all({make("a", "u1", "8")}, "8")), "");
    EXPECT_EQ(resource_version_of(*store.get({"vision", "a"})), "10");
    EXPECT_EQ(store.resource_version(), "10");
}

TEST(Store, ReplacingTellsWhatVanished) {
    Store store;
    EXPECT_FALSE(store.has_synced());
    EXPECT_EQ(told(store.replace_all({make("a", "u1", "1"), make("b", "u2", "2")}, "5")),
              "+u1 +u2 ");
    EXPECT_TRUE(store.has_synced());
    EXPECT_EQ(told(store.replace_all({make("b", "u2", "2"), make("c", "u3", "6")}, "7")),
              "+u3 -u1? ");
}

TEST(Store, FindsByControllerAndLabel) {
    Store store({"run"});
    (void)store.put(make("a", "u1", "1", "owner-1", "r1"));
    (void)store.put(make("b", "u2", "2", "owner-1", "r2"));
    EXPECT_EQ(store.controlled_by("owner-1").size(), 2u);
    EXPECT_EQ(store.with_label("run", "r2").size(), 1u);
    (void)store.put(make("b", "u2", "3", "owner-2", "r1"));
    EXPECT_EQ(store.controlled_by("owner-1").size(), 1u);
    EXPECT_EQ(store.with_label("run", "r2").size(), 0u);
    EXPECT_EQ(store.with_label("run", "r1").size(), 2u);
    (void)store.remove(make("a", "u1", "4"));
    EXPECT_EQ(store.controlled_by("owner-1").size(), 0u);
    EXPECT_EQ(store.in_namespace("vision").size(), 1u);
    EXPECT_EQ(store.in_namespace("visio").size(), 0u);
}

TEST(Store, KnowsWhichWritesItHasSeen) {
    Store store;
    EXPECT_FALSE(store.has_seen("1"));
    (void)store.put(make("a", "u1", "41"));
    EXPECT_FALSE(store.has_seen("42"));
    store.set_resource_version("42"); // a bookmark is enough
    EXPECT_TRUE(store.has_seen("42"));
    EXPECT_FALSE(store.has_seen("not a number"));
}

} // namespace
} // namespace pedigree::k8s
