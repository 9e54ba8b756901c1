#include "operations/imports/material_turn.h"

namespace kmaas::operations {

std::unique_lock<std::mutex> TakeTurn(const domain::Key& key) {
  static std::mutex turn;
  if (key.custody != domain::Custody::kResident) return {};
  return std::unique_lock(turn);
}

}  // namespace kmaas::operations
