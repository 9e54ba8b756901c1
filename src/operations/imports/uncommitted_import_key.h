// An import key that the HSM has made and no row names: not yet, or not any more.
#pragma once

#include <memory>
#include <utility>

#include "domain/import_key.h"
#include "operations/keys/uncommitted_object.h"

namespace kmaas::operations {

class UncommittedImportKey : public UncommittedObject {
 public:
  UncommittedImportKey(std::shared_ptr<ports::CryptoEngine> engine, const Clock& clock,
                       const domain::ImportKeyId& id)
      : UncommittedObject(std::move(engine), clock,
                          {"import_key_orphaned", "import_key_id", id.ToText()},
                          [id](ports::CryptoEngine& maker, Deadline deadline) {
                            return maker.DestroyImportKey(id, deadline);
                          }) {}
};

}  // namespace kmaas::operations
