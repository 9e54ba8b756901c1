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
#include <tuple>

#include "hsm/cryptoki.h"
#include "hsm/worker/wire.h"

namespace kmaas::hsm::worker {

// No output of a function that the engine calls comes near.
inline constexpr std::size_t kOutputBytesMax = 8192;
// More than any token says of anything; the engine makes room for what it is told.
inline constexpr CK_ULONG kSizeMax = CK_ULONG{1} << 20U;
inline bool IsSize(CK_ULONG size) { return size <= kSizeMax || size == CK_UNAVAILABLE_INFORMATION; }

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

}  // namespace kmaas::hsm::worker
