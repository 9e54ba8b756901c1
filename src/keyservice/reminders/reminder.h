// What somebody has to be reminded of at a time.
#pragma once

#include <compare>

#include "keyservice/classes/class_table.h"
#include "keyservice/rules/surroundings.h"

namespace kmaas::keyservice {

enum class ReminderKind { kExpiresInAMonth, kExpiresInAWeek, kExpired, kAccessReview };
std::string_view ToText(ReminderKind kind);

struct Reminder {
  std::string key_id;
  ReminderKind kind = ReminderKind::kAccessReview;
  Date due{};  // of the expiry or review itself

  auto operator<=>(const Reminder&) const = default;
};

struct KeyDates {
  std::string key_id;
  int information_class = kClassMin;
  Date activated{};
  std::optional<Date> expiry;
  std::optional<Date> reviewed;  // the last time; none: never since activation
};

// All that is due today, sorted; the same answer until it is dealt with, so that whoever keeps
// which were sent loses none by a day that was missed. Of a coming expiry only the nearest
// reminder.
std::vector<Reminder> DueOn(Date today, const std::vector<KeyDates>& keys, const ClassTable& table);

}  // namespace kmaas::keyservice
