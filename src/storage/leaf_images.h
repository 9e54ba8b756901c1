// The leaves that one group of changes works on, as they stand within it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/leaf_directory.h"
#include "storage/set_hash.h"

namespace kmaas::storage {

// A leaf whose rows were read and found to be what the directory says: from then on its group knows
// the MAC that each row must have.
struct LeafImage {
  std::size_t table = 0;
  Leaf leaf;       // `state` as in the directory
  SetState state;  // with what the group has changed
  std::map<std::string, crypto::Sha256Digest, std::less<>> macs;
};

// Used by the writing thread alone.
class LeafImages {
 public:
  explicit LeafImages(const SetHash& hash) : hash_(hash) {}

  // Begins a group: knows no leaf.
  void Clear();
  // Null when that leaf was not read yet.
  LeafImage* Find(std::size_t table, std::string_view key);
  // `image` is as read: its macs come to the state of its leaf.
  LeafImage& Add(LeafImage image);
  // What the row has from now on; none: it is gone. Remembered for UndoChange.
  void Set(LeafImage& image, std::string_view key, std::optional<crypto::Sha256Digest> mac);

  void BeginChange() { undo_.clear(); }
  // Back to BeginChange.
  void UndoChange();

  // What the group has changed, with leaves that have grown too large cut.
  std::vector<LeafChange> Changes() const;

 private:
  struct Undo {
    LeafImage* image;
    std::string key;
    std::optional<crypto::Sha256Digest> mac;
  };
  void Assign(LeafImage& image, std::string_view key,
              const std::optional<crypto::Sha256Digest>& mac) const;
  LeafParts PartsOf(const LeafImage& image) const;

  const SetHash& hash_;
  // By table and first key. Images do not move: undo_ points at them.
  std::map<std::pair<std::size_t, std::string>, std::unique_ptr<LeafImage>> images_;
  std::vector<Undo> undo_;
};

}  // namespace kmaas::storage
