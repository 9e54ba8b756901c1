#include "policy/written_principals.h"

#include <simdjson.h>

#include "base/json_text.h"

namespace kmaas::policy {
namespace {

Error NotAPolicy() {
  return {ErrorCode::kKmsInternal, "", "principals are renamed in what is no policy"};
}

// Goes through valid JSON once, from one value to the next, and copies what it passes. The parser
// of policies keeps no places in the text, and writing a whole document anew would change more of
// it than the names.
class Renamer {
 public:
  Renamer(std::string_view text, const Renaming& rename) : text_(text), rename_(rename) {}

  Result<std::string> Document() {
    KM_CHECK(Members([this](const std::string& name) {
      return name == "Statement" ? Each([this] { return Statement(); }) : Skip();
    }));
    out_ += text_.substr(copied_);
    return std::move(out_);
  }

 private:
  Result<void> Statement() {
    return Members([this](const std::string& name) {
      const bool named = name == "Principal" || name == "NotPrincipal";
      // The bare wildcard is nobody's name.
      return named && Peek() == '{' ? Principals() : Skip();
    });
  }
  Result<void> Principals() {
    return Members(
        [this](const std::string& type) { return Each([&] { return Principal(type); }); });
  }
  Result<void> Principal(const std::string& type) {
    (void)Peek();
    const std::size_t begin = at_;
    KM_TRY(const std::string written, Literal());
    KM_TRY(const std::string name, rename_({type, written}));
    if (name == written) return {};
    out_ += text_.substr(copied_, begin - copied_);
    AppendJsonString(out_, name);
    copied_ = at_;
    return {};
  }

  // The next character that is no blank; NUL at the end.
  char Peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  // A string, without its escapes.
  Result<std::string> Literal() {
    if (Peek() != '"') return NotAPolicy();
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (!Take('"')) return NotAPolicy();
    std::string_view text;
    if (parser_.parse(text_.data() + begin, at_ - begin).get(text) != simdjson::SUCCESS)
      return NotAPolicy();
    return std::string(text);
  }
  template <class Read>
  Result<void> Members(const Read& read) {
    if (!Take('{')) return NotAPolicy();
    if (Take('}')) return {};
    do {
      KM_TRY(const std::string name, Literal());
      if (!Take(':')) return NotAPolicy();
      KM_CHECK(read(name));
    } while (Take(','));
    return Take('}') ? Result<void>() : NotAPolicy();
  }
  // Of one value or a list of them.
  template <class Read>
  Result<void> Each(const Read& read) {
    if (!Take('[')) return read();
    if (Take(']')) return {};
    do {
      KM_CHECK(read());
    } while (Take(','));
    return Take(']') ? Result<void>() : NotAPolicy();
  }
  Result<void> Skip() {
    switch (Peek()) {
      case '{':
        return Members([this](const std::string& /*name*/) { return Skip(); });
      case '[':
        return Each([this] { return Skip(); });
      case '"':
        KM_CHECK(Literal());
        return {};
      default:
        at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        return {};
    }
  }

  std::string_view text_;
  const Renaming& rename_;
  simdjson::dom::parser parser_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // up to here the text is in `out_`
  std::string out_;
};

}  // namespace

Result<std::string> RenamePrincipals(std::string_view document, const Renaming& rename) {
  return Renamer(document, rename).Document();
}

}  // namespace kmaas::policy
