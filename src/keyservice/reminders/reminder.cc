#include "keyservice/reminders/reminder.h"

#include <algorithm>

namespace kmaas::keyservice {
namespace {

using std::chrono::days;

constexpr days kMonth{30};
constexpr days kWeek{7};

std::optional<ReminderKind> OfExpiry(Date today, Date expiry) {
  if (today >= expiry) return ReminderKind::kExpired;
  if (today >= expiry - kWeek) return ReminderKind::kExpiresInAWeek;
  if (today >= expiry - kMonth) return ReminderKind::kExpiresInAMonth;
  return std::nullopt;
}

}  // namespace

std::string_view ToText(ReminderKind kind) {
  switch (kind) {
    case ReminderKind::kExpiresInAMonth:
      return "expires-in-a-month";
    case ReminderKind::kExpiresInAWeek:
      return "expires-in-a-week";
    case ReminderKind::kExpired:
      return "expired";
    case ReminderKind::kAccessReview:
      return "access-review";
  }
  return {};
}

std::vector<Reminder> DueOn(Date today, const std::vector<KeyDates>& keys,
                            const ClassTable& table) {
  std::vector<Reminder> due;
  for (const KeyDates& key : keys) {
    if (key.expiry) {
      if (const auto kind = OfExpiry(today, *key.expiry)) {
        due.push_back({key.key_id, *kind, *key.expiry});
      }
    }
    const Date review = key.reviewed.value_or(key.activated) +
                        days(table.Of(key.information_class).access_review_days);
    if (today >= review) due.push_back({key.key_id, ReminderKind::kAccessReview, review});
  }
  std::sort(due.begin(), due.end());
  return due;
}

}  // namespace kmaas::keyservice
