#include <algorithm>
#include <array>
#include <utility>

#include "tests/component/signed_requests/mutants.h"

namespace kmaas::signed_requests {
namespace {

using identity::TestRequest;
using Texts = std::vector<std::string>;

bool SameName(const std::string& left, const std::string& right) {
  return http::EqualsIgnoringCase(left, right);
}

std::string* Find(TestRequest& request, const std::string& name) {
  for (auto& [spelled, value] : request.headers)
    if (SameName(spelled, name)) return &value;
  return nullptr;
}

Texts Split(const std::string& text, char separator) {
  Texts parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

std::string Join(const Texts& parts, const std::string& separator) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) joined += (i == 0 ? "" : separator) + parts[i];
  return joined;
}

// A list with an element left out, doubled, emptied or in another's place.
std::vector<Texts> Rearranged(const Texts& good) {
  std::vector<Texts> all;
  for (std::size_t i = 0; i < good.size(); ++i) {
    Texts changed = good;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    all.push_back(changed);
    changed = good;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), good[i]);
    all.push_back(changed);
    changed = good;
    changed[i].clear();
    all.push_back(changed);
    for (std::size_t other = 0; other < i; ++other) {
      changed = good;
      std::swap(changed[i], changed[other]);
      if (changed != good) all.push_back(changed);
    }
  }
  return all;
}

class Thinker {
 public:
  Thinker(const Honest& honest, const Door& door) : honest_(honest), door_(door) {}

  std::vector<Mutant> All() {
    Calls();
    Headers();
    if (honest_.presigned) {
      Query();
    } else {
      Authorization();
    }
    TwoPlaces();
    UnsignedAdditions();
    return std::move(mutants_);
  }

 private:
  template <class Edit>
  void Add(std::string what, bool may_be_no_call, Edit edit) {
    Mutant mutant{honest_.request, std::move(what), may_be_no_call};
    edit(mutant.request);
    mutants_.push_back(std::move(mutant));
  }
  void AddHeader(const std::string& name, const std::string& value) {
    Add(name + " added: " + value, false,
        [&](TestRequest& request) { request.headers.emplace_back(name, value); });
  }
  bool HasHeader(const std::string& name) {
    TestRequest copy = honest_.request;
    return Find(copy, name) != nullptr;
  }

  void Calls() {
    for (const char* method :
         {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "post"}) {
      if (method == honest_.request.method) continue;
      Add(method, true, [&](TestRequest& request) { request.method = method; });
    }
    for (const char* path : {"//", "/.", "/./", "/x/..", "/%2F", "/%2e", "/*", "/kms"}) {
      Add(path, true, [&](TestRequest& request) {
        request.target.replace(0, std::min(request.target.find('?'), request.target.size()), path);
      });
    }
    Add("another body", false, [](TestRequest& request) {
      request.body = request.body.empty() ? "{}" : "";
      StateLength(request);
    });
    Add("a longer body", false, [](TestRequest& request) {
      request.body += request.body.empty() ? "x" : request.body;
      StateLength(request);
    });
  }

  // Left out; twice, beside itself and at the end; twice with another value, first and last.
  void Headers() {
    for (std::size_t i = 0; i < honest_.request.headers.size(); ++i) {
      const auto [name, value] = honest_.request.headers[i];
      const auto bound = [&](const std::string& one) { return SameName(one, name); };
      if (std::none_of(honest_.bound_headers.begin(), honest_.bound_headers.end(), bound)) continue;
      const bool frames = SameName(name, "host") || SameName(name, "content-length");
      const auto at = static_cast<std::ptrdiff_t>(i);
      Add(name + " left out", frames,
          [&](TestRequest& r) { r.headers.erase(r.headers.begin() + at); });
      for (const std::string& second : {value, std::string("other"), std::string()}) {
        const std::pair<std::string, std::string> header(name, second);
        Add(name + " twice", frames,
            [&](TestRequest& r) { r.headers.insert(r.headers.begin() + at, header); });
        Add(name + " twice", frames,
            [&](TestRequest& r) { r.headers.insert(r.headers.begin() + at + 1, header); });
        Add(name + " twice", frames, [&](TestRequest& r) { r.headers.push_back(header); });
        Add(name + " twice", frames,
            [&](TestRequest& r) { r.headers.insert(r.headers.begin(), header); });
      }
      Add(name + " with a value of another", frames,
          [&](TestRequest& r) { r.headers[i].second = "other"; });
    }
  }

  void SetAuthorization(const std::string& value) {
    Add("Authorization: " + value, false,
        [&](TestRequest& request) { *Find(request, "Authorization") = value; });
  }

  void Authorization() {
    TestRequest copy = honest_.request;
    const std::string good = *Find(copy, "Authorization");
    const std::string algorithm = good.substr(0, good.find(' '));
    const Texts parameters = Split(good.substr(algorithm.size() + 1), ',');
    Texts trimmed;
    for (const std::string& one : parameters)
      trimmed.push_back(one.substr(one.find_first_not_of(' ')));
    for (const char* other : {"", "AWS4-HMAC-SHA512", "AWS4-HMAC-SHA1", "AWS4-ECDSA-P256-SHA256",
                              "aws4-hmac-sha256", "AWS", "AWS3", "Basic", "Bearer", "Negotiate"})
      SetAuthorization(std::string(other) + " " + Join(trimmed, ", "));
    for (const char* empty : {"", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ,", "AWS4-HMAC-SHA256 ,,,"})
      SetAuthorization(empty);
    for (const char* separator : {";", " ", "&", ",,", ", ,"})
      SetAuthorization(algorithm + " " + Join(trimmed, separator));
    SetAuthorization(good + ",");
    SetAuthorization(good + ", ");
    SetAuthorization(algorithm + " ," + Join(trimmed, ","));
    SetAuthorization(good + ", Extra=1");
    SetAuthorization(good + ", " + good);
    SetAuthorization(algorithm + " " + good);
    for (std::size_t i = 0; i < trimmed.size(); ++i) Parameter(algorithm, trimmed, i);
  }

  void Parameter(const std::string& algorithm, const Texts& good, std::size_t i) {
    const auto set = [&](const Texts& parameters) {
      SetAuthorization(algorithm + " " + Join(parameters, ", "));
    };
    const std::string name = good[i].substr(0, good[i].find('='));
    const std::string value = good[i].substr(name.size() + 1);
    Texts changed = good;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    set(changed);
    changed.push_back(good[i]);
    changed.push_back(good[i]);
    set(changed);
    changed.back() = name + "=other";
    set(changed);
    for (const std::string& one :
         {name, name + "=", "=" + value, name + "==" + value, name + "=\"" + value + "\"",
          " " + name + " = " + value, name + "x=" + value, "x" + name + "=" + value}) {
      changed = good;
      changed[i] = one;
      set(changed);
    }
    changed = good;
    changed.insert(changed.begin(), name + "=");
    set(changed);
    // Another's value under this name.
    for (std::size_t other = 0; other < i; ++other) {
      changed = good;
      changed[i] = name + good[other].substr(good[other].find('='));
      changed[other] = good[other].substr(0, good[other].find('=') + 1) + value;
      set(changed);
    }
    for (const std::string& one : ValuesLike(name, value)) {
      changed = good;
      changed[i] = name + "=" + one;
      set(changed);
    }
  }

  // Values of a parameter that come near the good one.
  Texts ValuesLike(const std::string& name, const std::string& value) {
    Texts values;
    if (name == "Credential") {
      const Texts parts = Split(value, '/');
      for (const Texts& one : Rearranged(parts)) values.push_back(Join(one, "/"));
      for (const auto& [at, other] : {std::pair{0U, "AKIAIOSFODNN7EXAMPLE"},
                                      {1U, "20261123"},
                                      {2U, "eu-west-1"},
                                      {2U, "us-east-1"},
                                      {3U, "s3"},
                                      {3U, "kms"},
                                      {3U, "iam"},
                                      {3U, "sts"},
                                      {4U, "aws4"}}) {
        Texts changed = parts;
        changed[at] = other;
        if (changed != parts) values.push_back(Join(changed, "/"));
      }
    } else if (name == "SignedHeaders") {
      for (const Texts& one : Rearranged(Split(value, ';'))) values.push_back(Join(one, ";"));
      for (const char* end : {";", ";x-other", ";user-agent", ",host"})
        values.push_back(value + end);
      values.push_back("Host" + value.substr(std::string("host").size()));
      values.push_back(";" + value);
    } else {
      values = {value.substr(1), value + "0", std::string(64, '0'), value + value, "0x" + value};
      std::string upper = value;
      for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
      values.push_back(upper);
    }
    return values;
  }

  // Each parameter left out, twice, emptied, or in another's place by its value; and one more.
  void Query() {
    const Texts good = Split(honest_.request.target.substr(2), '&');
    const bool is_link = honest_.request.method == "GET";
    const auto set = [&](const Texts& parameters) {
      Add("query " + Join(parameters, "&"), is_link,
          [&](TestRequest& request) { request.target = "/?" + Join(parameters, "&"); });
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
      const std::string name = good[i].substr(0, good[i].find('='));
      Texts changed = good;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      set(changed);
      for (const std::string& second : {good[i], name + "=other", name + "=", name}) {
        changed = good;
        changed.push_back(second);
        set(changed);
        std::rotate(changed.begin(), changed.end() - 1, changed.end());
        set(changed);
        changed = good;
        changed[i] = second;
        if (changed != good) set(changed);
      }
    }
    Texts more = good;
    more.emplace_back("More=1");
    set(more);
  }

  // Credentials in the header and in the query, whole or in part.
  void TwoPlaces() {
    const std::string mark = honest_.request.target.find('?') == std::string::npos ? "?" : "&";
    if (!honest_.presigned) {
      const Honest link = HonestRequest("Presigned", door_);
      const std::string query = link.request.target.substr(2);
      Add("a presigned query too", false,
          [&](TestRequest& request) { request.target += mark + query; });
      for (const std::string& one : Split(query, '&'))
        Add(one + " too", false, [&](TestRequest& request) { request.target += mark + one; });
      Add("a token in the query", false, [&](TestRequest& request) {
        request.target += mark + "X-Amz-Security-Token=" + "FwoGZXIvYXdzEXAMPLE";
      });
      return;
    }
    TestRequest other = HonestRequest("LikeBotocore", door_).request;
    const std::string authorization = *Find(other, "Authorization");
    AddHeader("Authorization", authorization);
    AddHeader("Authorization", "AWS4-HMAC-SHA256");
    AddHeader("Authorization", "Bearer x");
    AddHeader("X-Amz-Security-Token", door_.session.token);
  }

  // What nobody signed and yet counts.
  void UnsignedAdditions() {
    for (const char* name : {"X-Amz-Security-Token", "X-Amz-Content-Sha256", "X-Amz-Target"}) {
      for (const char* value : {"other", "UNSIGNED-PAYLOAD", "TrentService.ListKeys"})
        if (!HasHeader(name)) AddHeader(name, value);
    }
    if (!honest_.presigned && !HasHeader("X-Amz-Date"))
      AddHeader("X-Amz-Date", std::string(identity::kTestNow));
  }

  const Honest& honest_;
  const Door& door_;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::vector<Mutant> ThoughtOf(const Honest& honest, const Door& door) {
  return Thinker(honest, door).All();
}

}  // namespace kmaas::signed_requests
