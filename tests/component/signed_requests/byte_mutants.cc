#include <algorithm>
#include <cctype>

#include "tests/component/signed_requests/mutants.h"

namespace kmaas::signed_requests {
namespace {

using identity::TestRequest;

std::string& Method(TestRequest& request, std::size_t /*index*/) { return request.method; }
std::string& Target(TestRequest& request, std::size_t /*index*/) { return request.target; }
std::string& Body(TestRequest& request, std::size_t /*index*/) { return request.body; }
std::string& Name(TestRequest& request, std::size_t index) { return request.headers[index].first; }
std::string& Value(TestRequest& request, std::size_t index) {
  return request.headers[index].second;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::size_t> PlacesOf(const std::string& text, char wanted) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == wanted) places.push_back(i);
  return places;
}

}  // namespace

ByteMutants::ByteMutants(const Honest& honest, std::uint32_t seed)
    : honest_(honest.request), random_(seed) {
  AddText({"method", &Method, 0, 0, Letters::kAlphanumeric, false, true}, {}, true);
  AddTarget();
  AddHeaders(honest);
  AddText({"body", &Body, 0, 0, Letters::kAny, false, false}, {}, true);
}

// From first.at to the end of the text, but for the places in `fixed`.
void ByteMutants::AddText(const Place& first, const std::vector<std::size_t>& fixed,
                          bool may_append) {
  const std::string& text = first.text(honest_, first.index);
  Place place = first;
  for (; place.at < text.size(); ++place.at) {
    if (std::find(fixed.begin(), fixed.end(), place.at) == fixed.end()) places_.push_back(place);
  }
  place.only_insert = true;
  if (may_append) places_.push_back(place);
}

// Escapes stay as they are: what stands for a letter may stand for it in two ways.
void ByteMutants::AddTarget() {
  const std::string& target = honest_.target;
  std::vector<std::size_t> fixed;
  for (const std::size_t at : PlacesOf(target, '%')) {
    for (std::size_t i = at; i < at + 3; ++i) fixed.push_back(i);
  }
  const bool is_link = honest_.method == "GET";
  const std::size_t query = std::min(target.find('?'), target.size() - 1) + 1;
  for (std::size_t i = 0; i < query; ++i)
    places_.push_back({"path", &Target, 0, i, Letters::kAlphanumeric, false, true});
  AddText({"query", &Target, 0, query, Letters::kAlphanumeric, false, query == 1 || is_link}, fixed,
          true);
}

void ByteMutants::AddHeaders(const Honest& honest) {
  for (std::size_t i = 0; i < honest_.headers.size(); ++i) {
    const auto& [spelled, value] = honest_.headers[i];
    const std::string name = Lower(spelled);
    const auto& bound = honest.bound_headers;
    if (std::find(bound.begin(), bound.end(), name) == bound.end()) continue;
    const bool frames = name == "host" || name == "content-length";
    AddText({"name of " + name, &Name, i, 0, Letters::kAlphanumeric, false, frames}, {}, true);
    std::vector<std::size_t> blanks = PlacesOf(value, ' ');
    AddText({name, &Value, i, 0, Letters::kVisible, false, frames}, blanks, true);
  }
}

char ByteMutants::Letter(Letters letters, char other_than) {
  static constexpr std::string_view kAlphanumerics =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  while (true) {
    const auto drawn = static_cast<unsigned>(random_());
    const char letter = letters == Letters::kAny       ? static_cast<char>(drawn % 256)
                        : letters == Letters::kVisible ? static_cast<char>('!' + drawn % 94)
                                                       : kAlphanumerics[drawn % 62];
    if (letter != other_than) return letter;
  }
}

Mutant ByteMutants::Make(const Place& place, Change change) {
  Mutant mutant{honest_, place.part, place.may_be_no_call};
  std::string& text = place.text(mutant.request, place.index);
  const std::string before = text;
  const bool is_name = place.text == &Name;
  do {
    text = before;
    if (change == Change::kInsert) {
      text.insert(place.at, 1, Letter(place.letters, '\0'));
    } else if (change == Change::kRemove) {
      text.erase(place.at, 1);
    } else {
      text[place.at] = Letter(place.letters, before[place.at]);
    }
  } while (is_name && Lower(text) == Lower(before));
  mutant.what += " at " + std::to_string(place.at) + ": " + text;
  if (place.text == &Body) StateLength(mutant.request);
  return mutant;
}

void ByteMutants::ForEach(std::size_t count, const std::function<void(const Mutant&)>& each) {
  constexpr Change kChanges[] = {Change::kInsert, Change::kReplace, Change::kRemove};
  std::size_t made = 0;
  for (const Place& place : places_) {
    for (const Change change : kChanges) {
      if (place.only_insert && change != Change::kInsert) continue;
      each(Make(place, change));
      ++made;
    }
  }
  for (; made < count; ++made) {
    const Place& place = places_[random_() % places_.size()];
    each(Make(place, place.only_insert ? Change::kInsert : kChanges[random_() % 3]));
  }
}

}  // namespace kmaas::signed_requests
