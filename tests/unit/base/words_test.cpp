#include "base/words.h"

#include <gtest/gtest.h>

#include "base/owned.h"

namespace pedigree {
namespace {

enum class Colour { Red, Green, Blue };

Words<Colour> words_of(Colour) {
    static constexpr Word<Colour> table[] = {{Colour::Red, "Red"}, {Colour::Green, "Green"}};
    return table;
}

TEST(Words, are_read_in_both_directions) {
    EXPECT_EQ(to_string(Colour::Green), "Green");
    EXPECT_EQ(from_word<Colour>("Red"), Colour::Red);
}

TEST(Words, what_the_table_lacks_has_no_word_and_no_value) {
    EXPECT_EQ(to_string(Colour::Blue), "");
    EXPECT_EQ(from_word<Colour>("red"), std::nullopt);
    EXPECT_EQ(from_word<Colour>(""), std::nullopt);
}

int released = 0;
void release_counter(int* object) {
    released += *object;
}

TEST(Owned, releases_once_and_nothing_when_empty) {
    int object = 1;
    {
        Owned<int, release_counter> first(&object);
        const Owned<int, release_counter> second(std::move(first));
        const Owned<int, release_counter> none;
    }
    EXPECT_EQ(released, 1);
}

} // namespace
} // namespace pedigree
