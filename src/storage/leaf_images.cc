#include "storage/leaf_images.h"

namespace kmaas::storage {

void LeafImages::Clear() {
  undo_.clear();
  images_.clear();
}

LeafImage* LeafImages::Find(std::size_t table, std::string_view key) {
  const auto after = images_.upper_bound({table, std::string(key)});
  if (after == images_.begin()) return nullptr;
  LeafImage& image = *std::prev(after)->second;
  return image.table == table && image.leaf.Covers(key) ? &image : nullptr;
}

LeafImage& LeafImages::Add(LeafImage image) {
  auto owned = std::make_unique<LeafImage>(std::move(image));
  std::pair<std::size_t, std::string> place{owned->table, owned->leaf.first};
  return *images_.insert_or_assign(std::move(place), std::move(owned)).first->second;
}

void LeafImages::Set(LeafImage& image, std::string_view key,
                     std::optional<crypto::Sha256Digest> mac) {
  const auto found = image.macs.find(key);
  std::optional<crypto::Sha256Digest> before;
  if (found != image.macs.end()) before = found->second;
  undo_.push_back({&image, std::string(key), before});
  Assign(image, key, mac);
}

void LeafImages::Assign(LeafImage& image, std::string_view key,
                        const std::optional<crypto::Sha256Digest>& mac) const {
  const auto found = image.macs.find(key);
  if (found != image.macs.end()) {
    image.state.Remove(hash_.Term(found->second));
    if (!mac) {
      image.macs.erase(found);
      return;
    }
    found->second = *mac;
  } else if (mac) {
    image.macs.emplace(key, *mac);
  } else {
    return;
  }
  image.state.Add(hash_.Term(*mac));
}

void LeafImages::UndoChange() {
  for (; !undo_.empty(); undo_.pop_back())
    Assign(*undo_.back().image, undo_.back().key, undo_.back().mac);
}

std::vector<LeafChange> LeafImages::Changes() const {
  std::vector<LeafChange> changes;
  for (const auto& [place, image] : images_) {
    if (image->state == image->leaf.state) continue;
    changes.push_back({image->table, image->leaf.state, PartsOf(*image)});
  }
  return changes;
}

LeafParts LeafImages::PartsOf(const LeafImage& image) const {
  const auto tag = [this](const auto& row) {
    return RowTag{hash_.KeyTag(row.first), VersionTag(row.second)};
  };
  if (image.state.rows <= LeafDirectory::kRowsMax) {
    LeafPart whole{image.leaf.first, image.state};
    whole.tags.reserve(image.macs.size());
    for (const auto& row : image.macs) whole.tags.push_back(tag(row));
    return {std::move(whole)};
  }
  LeafCutter cutter(image.leaf.first);
  for (const auto& row : image.macs) cutter.Add(row.first, hash_.Term(row.second), tag(row));
  return cutter.Take();
}

}  // namespace kmaas::storage
