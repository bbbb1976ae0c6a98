#include "store/dsn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Dsn, APasswordMayHoldEverySignPercentEncoded) {
    const auto dsn =
        read_dsn(Secret("postgresql://writer:p%40ss%2Fw%3A%25%3F%23@db.example/records"));
    ASSERT_TRUE(dsn);
    EXPECT_THAT(dsn->hosts, ElementsAre("db.example"));
}

TEST(Dsn, AnEndOfThePasswordIsNeverTakenForAHost) {
    for (const char* text :
         {"postgresql://writer:first@second@db.example/records",
          "postgresql://writer:first@sec ond@db.example/records",
          "postgresql://writer:first@second%zz@db.example/records",
          "postgresql://writer:first@se#cond@db.example,other.example/records"}) {
        const auto dsn = read_dsn(Secret(text));
        ASSERT_FALSE(dsn) << text;
        EXPECT_EQ(dsn.error().code, ErrorCode::InvalidInput);
        EXPECT_THAT(dsn.error().message, HasSubstr("percent-encoded"));
        EXPECT_THAT(dsn.error().message, Not(HasSubstr("sec"))) << text;
    }
}

TEST(Dsn, HostsAreNamesAddressesAndFolders) {
    const auto dsn =
        read_dsn(Secret("postgresql://writer@db-1.example:5432,[2001:db8::1]:5433/records"));
    ASSERT_TRUE(dsn);
    EXPECT_THAT(dsn->hosts, ElementsAre("db-1.example", "2001:db8::1"));
    const auto folder = read_dsn(Secret("host=/run/postgresql dbname=records"));
    ASSERT_TRUE(folder);
    EXPECT_THAT(folder->hosts, ElementsAre("/run/postgresql"));
}

TEST(Dsn, ClearTextToAnotherMachineIsKnown) {
    const auto host = [](const char* text) {
        const auto dsn = read_dsn(Secret(text));
        return dsn ? clear_text_host(*dsn) : "unreadable";
    };
    EXPECT_EQ(host("postgresql://writer@db.example/records?sslmode=disable"), "db.example");
    EXPECT_EQ(host("postgresql://writer@db.example/records"), "db.example") << "only preferred";
    EXPECT_EQ(host("postgresql://writer@localhost,db.example/records"), "db.example");
    EXPECT_EQ(host("host=localhost hostaddr=192.0.2.1 dbname=records"), "192.0.2.1");
    EXPECT_EQ(host("postgresql://writer@db.example/records?sslmode=require"), "");
    EXPECT_EQ(host("postgresql://writer@db.example/records?sslmode=verify-full"), "");
    EXPECT_EQ(host("postgresql://writer@127.0.0.1/records?sslmode=disable"), "");
    EXPECT_EQ(host("postgresql:///records?host=/run/postgresql"), "");
    EXPECT_EQ(host("postgresql:///records"), "");
}

} // namespace
} // namespace pedigree::store
