// The kinds of arguments that PKCS#11 functions have, and how each travels between the server and a
// worker (PKCS#11 2.40, sections 5.4 to 5.19).
//
// Each kind has two sides. `Asked` borrows the caller's arguments: Ask() puts what the module needs
// to know into the request, Learn() takes what it answered from the reply. `Served` is the
// worker's: Hear() reads a request, Arguments() are those for the module, Answer() writes the
// reply. Learn() believes nothing: what would pass the caller's buffers, or sizes that nobody could
// mean, make the reader fail and leave the caller's memory alone.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <tuple>
#include <vector>

#include "hsm/cryptoki.h"
#include "hsm/worker/wire.h"

namespace kmaas::hsm::worker {

// No output of a function that the engine calls comes near.
inline constexpr std::size_t kOutputBytesMax = 8192;
inline constexpr std::size_t kAttributesMax = 64;
inline constexpr std::size_t kListMax = 1024;

struct Number {
  static constexpr std::size_t kArity = 1;
  struct Asked {
    explicit Asked(CK_ULONG number) : number_(number) {}
    void Ask(Writer& request) const { request.Number(number_); }
    void Learn(CK_RV /*rv*/, Reader& /*reply*/) const {}

   private:
    CK_ULONG number_;
  };
  struct Served {
    void Hear(Reader& request) { number_ = request.Number(); }
    std::tuple<CK_ULONG> Arguments() const { return {number_}; }
    void Answer(CK_RV /*rv*/, Writer& /*reply*/) const {}

   private:
    CK_ULONG number_ = 0;
  };
};

// Always null: the application's pointer, the notification.
template <class Pointer>
struct Nothing {
  static constexpr std::size_t kArity = 1;
  struct Asked {
    explicit Asked(Pointer /*pointer*/) {}
    void Ask(Writer& /*request*/) const {}
    void Learn(CK_RV /*rv*/, Reader& /*reply*/) const {}
  };
  struct Served {
    void Hear(Reader& /*request*/) {}
    std::tuple<Pointer> Arguments() const { return {nullptr}; }
    void Answer(CK_RV /*rv*/, Writer& /*reply*/) const {}
  };
};

// Bytes and their number. A null pointer arrives as no bytes.
struct Input {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(const CK_BYTE* bytes, CK_ULONG size) : bytes_(bytes), size_(size) {}
    void Ask(Writer& request) const { request.Bytes(bytes_, size_); }
    void Learn(CK_RV /*rv*/, Reader& /*reply*/) const {}

   private:
    const CK_BYTE* bytes_;
    CK_ULONG size_;
  };
  struct Served {
    void Hear(Reader& request) { bytes_ = request.Bytes(); }
    // To some modules a null pointer is no input at all.
    std::tuple<CK_BYTE*, CK_ULONG> Arguments();
    void Answer(CK_RV /*rv*/, Writer& /*reply*/) const {}

   private:
    MutableByteView bytes_;
    CK_BYTE none_ = 0;
  };
};

// A buffer, which may be null, and how long it is or how long the output is.
struct Output {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(CK_BYTE* bytes, CK_ULONG* size) : bytes_(bytes), size_(size) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV rv, Reader& reply) const;

   private:
    CK_BYTE* bytes_;
    CK_ULONG* size_;
  };
  class Served {
   public:
    Served() {}  // NOLINT(modernize-use-equals-default): leaves the bytes as they are
    ~Served();
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    void Hear(Reader& request);
    std::tuple<CK_BYTE*, CK_ULONG*> Arguments();
    void Answer(CK_RV rv, Writer& reply) const;

   private:
    bool wanted_ = false;
    CK_ULONG capacity_ = 0;
    CK_ULONG size_ = 0;
    alignas(16) std::array<CK_BYTE, kOutputBytesMax> bytes_;
  };
};

// A buffer that is filled as a whole.
struct Filled {
  static constexpr std::size_t kArity = 2;
  struct Asked {
    Asked(CK_BYTE* bytes, CK_ULONG size) : bytes_(bytes), size_(size) {}
    void Ask(Writer& request) const;
    void Learn(CK_RV rv, Reader& reply) const;

   private:
    CK_BYTE* bytes_;
    CK_ULONG size_;
  };
  class Served {
   public:
    Served() {}  // NOLINT(modernize-use-equals-default): leaves the bytes as they are
    ~Served();
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    void Hear(Reader& request);
    std::tuple<CK_BYTE*, CK_ULONG> Arguments() { return {bytes_.data(), size_}; }
    void Answer(CK_RV rv, Writer& reply) const;

   private:
    CK_ULONG size_ = 0;
    std::array<CK_BYTE, kOutputBytesMax> bytes_;
  };
};

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

// A handle that is made.
struct Made {
  static constexpr std::size_t kArity = 1;
  struct Asked {
    explicit Asked(CK_ULONG* number) : number_(number) {}
    void Ask(Writer& /*request*/) const {}
    void Learn(CK_RV rv, Reader& reply) const {
      const CK_ULONG number = reply.Number();
      if (rv == CKR_OK && reply.ok()) *number_ = number;
    }

   private:
    CK_ULONG* number_;
  };
  struct Served {
    void Hear(Reader& /*request*/) {}
    std::tuple<CK_ULONG*> Arguments() { return {&number_}; }
    void Answer(CK_RV /*rv*/, Writer& reply) const { reply.Number(number_); }

   private:
    CK_ULONG number_ = CK_INVALID_HANDLE;
  };
};

// CK_INFO and its like, which hold no pointers.
template <class Facts>
struct Told {
  static constexpr std::size_t kArity = 1;
  struct Asked {
    explicit Asked(Facts* facts) : facts_(facts) {}
    void Ask(Writer& /*request*/) const {}
    void Learn(CK_RV rv, Reader& reply) const {
      const MutableByteView bytes = reply.Bytes();
      if (bytes.size() != sizeof(Facts)) return reply.Fail();
      if (rv == CKR_OK) *facts_ = *reinterpret_cast<const Facts*>(bytes.data());
    }

   private:
    Facts* facts_;
  };
  struct Served {
    void Hear(Reader& /*request*/) {}
    std::tuple<Facts*> Arguments() { return {&facts_}; }
    void Answer(CK_RV /*rv*/, Writer& reply) const { reply.Bytes(&facts_, sizeof facts_); }

   private:
    Facts facts_{};
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
