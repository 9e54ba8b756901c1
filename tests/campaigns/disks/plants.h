// Bugs that can be planted, to see whether the campaign notices.
#pragma once

#include <string_view>

namespace kmaas::campaigns {

// "lost-flush": flushes of the store's log reach no disk; "lost-trail-flush": those of the trail;
// "early-answer": a commit is
// acknowledged before it is flushed; "deaf": failed commits are called
// done; "deaf-trail": failed writes of the trail are; "early-sweep": a record leaves the outbox
// before it is flushed. False for any other name. In this program alone: the linker puts these in
// the place of the product's own.
bool Plant(std::string_view name);
bool IsPlanted(std::string_view name);

}  // namespace kmaas::campaigns
