// The kinds of arguments that are made of parts: mechanisms, templates, lists (arguments.h).
#pragma once

#include <cstddef>
#include <deque>
#include <tuple>
#include <vector>

#include "hsm/cryptoki.h"
#include "hsm/worker/wire.h"

namespace kmaas::hsm::worker {

inline constexpr std::size_t kAttributesMax = 64;
inline constexpr std::size_t kListMax = 1024;

// A mechanism with one of the parameters that the engine uses; with any other one the call is not
// made.
struct MechanismArgument {
  static constexpr std::size_t kArity = 1;
  struct Asked {
    explicit Asked(const CK_MECHANISM* mechanism) : mechanism_(mechanism) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV /*rv*/, Reader& /*reply*/) const {}

   private:
    const CK_MECHANISM* mechanism_;
  };
  class Served {
   public:
    Served() = default;
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    void Hear(Reader& request);
    std::tuple<CK_MECHANISM*> Arguments() { return {&mechanism_}; }
    void Answer(CK_RV /*rv*/, Writer& /*reply*/) const {}

   private:
    template <class Parameter>
    void Point(Parameter& parameter) {
      mechanism_.pParameter = &parameter;
      mechanism_.ulParameterLen = sizeof parameter;
    }
    CK_MECHANISM mechanism_{};
    CK_RSA_PKCS_OAEP_PARAMS oaep_{};
    CK_ECDH1_DERIVE_PARAMS agreement_{};
    CK_KEY_DERIVATION_STRING_DATA text_{};
    EddsaParameters eddsa_{};
  };
};

// Attributes that the caller gives.
struct Given {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(const CK_ATTRIBUTE* rows, CK_ULONG count) : rows_(rows), count_(count) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV /*rv*/, Reader& /*reply*/) const {}

   private:
    const CK_ATTRIBUTE* rows_;
    CK_ULONG count_;
  };
  struct Served {
    void Hear(Reader& request);
    std::tuple<CK_ATTRIBUTE*, CK_ULONG> Arguments() { return {rows_.data(), rows_.size()}; }
    void Answer(CK_RV /*rv*/, Writer& /*reply*/) const {}

   private:
    std::vector<CK_ATTRIBUTE> rows_;
    std::deque<std::vector<CK_ATTRIBUTE>> nested_;
  };
};

// Attributes that the caller asks for: types, and where their values go.
struct Sought {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(CK_ATTRIBUTE* rows, CK_ULONG count) : rows_(rows), count_(count) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV rv, Reader& reply) const;

   private:
    CK_ATTRIBUTE* rows_;
    CK_ULONG count_;
  };
  struct Served {
    ~Served();
    Served() = default;
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    void Hear(Reader& request);
    std::tuple<CK_ATTRIBUTE*, CK_ULONG> Arguments() { return {rows_.data(), rows_.size()}; }
    void Answer(CK_RV rv, Writer& reply) const;

   private:
    void HearRows(Reader& request, std::vector<CK_ATTRIBUTE>& rows, bool may_nest);
    std::vector<CK_ATTRIBUTE> rows_;
    std::deque<std::vector<CK_ATTRIBUTE>> nested_;
    std::deque<std::vector<CK_BYTE>> values_;
    std::vector<CK_ULONG> room_;  // of each row
    std::size_t bytes_ = 0;       // of all values
  };
};

// Slots or mechanisms: an array, which may be null, and for how many it is or how many there are.
struct Listed {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(CK_ULONG* list, CK_ULONG* count) : list_(list), count_(count) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV rv, Reader& reply) const;

   private:
    CK_ULONG* list_;
    CK_ULONG* count_;
  };
  struct Served {
    void Hear(Reader& request);
    std::tuple<CK_ULONG*, CK_ULONG*> Arguments() {
      return {wanted_ ? list_.data() : nullptr, &count_};
    }
    void Answer(CK_RV rv, Writer& reply) const;

   private:
    bool wanted_ = false;
    CK_ULONG count_ = 0;
    std::vector<CK_ULONG> list_;
  };
};

// Objects: an array, for how many it is, and how many were found.
struct Found {
  static constexpr std::size_t kArity = 3;
  struct Asked {
    Asked(CK_ULONG* list, CK_ULONG room, CK_ULONG* count)
        : list_(list), room_(room), count_(count) {}
    void Ask(Writer& request) const { request.Number(room_); }
    void Learn(CK_RV rv, Reader& reply) const;

   private:
    CK_ULONG* list_;
    CK_ULONG room_;
    CK_ULONG* count_;
  };
  struct Served {
    void Hear(Reader& request);
    std::tuple<CK_ULONG*, CK_ULONG, CK_ULONG*> Arguments() {
      return {list_.data(), list_.size(), &count_};
    }
    void Answer(CK_RV rv, Writer& reply) const;

   private:
    CK_ULONG count_ = 0;
    std::vector<CK_ULONG> list_;
  };
};

}  // namespace kmaas::hsm::worker
