#include "tests/component/storage/faulty_vfs.h"

#include <new>
#include <utility>

namespace kmaas::storage {
namespace {

// SQLite hands out memory for this and, behind it, for the file of the VFS below.
struct File {
  sqlite3_file base;
  sqlite3_file* inner;
  const char* name;  // SQLite keeps it until the file is closed; null for a file without a name
};

void Enter(sqlite3_file* file, DiskEntry entry) {
  const char* name = reinterpret_cast<File*>(file)->name;
  if (name == nullptr) return;
  entry.path = name;
  FaultyVfs::Instance().Enter(std::move(entry));
}

sqlite3_file* Inner(sqlite3_file* file) { return reinterpret_cast<File*>(file)->inner; }
const sqlite3_io_methods& Methods(sqlite3_file* file) { return *Inner(file)->pMethods; }
sqlite3_vfs* Below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int Close(sqlite3_file* file) { return Methods(file).xClose(Inner(file)); }
int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  return Methods(file).xRead(Inner(file), out, size, at);
}
int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const int code = FaultyVfs::Instance().Step(false);
  if (code == SQLITE_OK) {
    const auto* text = static_cast<const char*>(bytes);
    Enter(file, {DiskEntry::kWrite, "", static_cast<std::uint64_t>(at),
                 std::string(text, static_cast<std::size_t>(size))});
    return Methods(file).xWrite(Inner(file), bytes, size, at);
  }
  // As a full disk does: some of it arrives.
  (void)Methods(file).xWrite(Inner(file), bytes, size / 2, at);
  return code;
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = FaultyVfs::Instance().Step(false);
  if (code != SQLITE_OK) return code;
  Enter(file, {DiskEntry::kCut, "", static_cast<std::uint64_t>(size), ""});
  return Methods(file).xTruncate(Inner(file), size);
}
int Sync(sqlite3_file* file, int /*flags*/) {
  const int code = FaultyVfs::Instance().Step(true);
  if (code == SQLITE_OK) Enter(file, {DiskEntry::kFlush, "", 0, ""});
  return code;
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Methods(file).xFileSize(Inner(file), size);
}
int Lock(sqlite3_file* file, int level) { return Methods(file).xLock(Inner(file), level); }
int Unlock(sqlite3_file* file, int level) { return Methods(file).xUnlock(Inner(file), level); }
int CheckReservedLock(sqlite3_file* file, int* held) {
  return Methods(file).xCheckReservedLock(Inner(file), held);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Methods(file).xFileControl(Inner(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Methods(file).xSectorSize(Inner(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Methods(file).xDeviceCharacteristics(Inner(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return Methods(file).xShmMap(Inner(file), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Methods(file).xShmLock(Inner(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Methods(file).xShmBarrier(Inner(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Methods(file).xShmUnmap(Inner(file), remove);
}

// Version 2: shared memory for the WAL, no memory mapping, which the store does not use.
constexpr sqlite3_io_methods kMethods = {
    2,
    Close,
    Read,
    Write,
    Truncate,
    Sync,
    FileSize,
    Lock,
    Unlock,
    CheckReservedLock,
    FileControl,
    SectorSize,
    DeviceCharacteristics,
    ShmMap,
    ShmLock,
    ShmBarrier,
    ShmUnmap,
    nullptr,
    nullptr,
};

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* opened = new (file) File{};
  opened->inner = reinterpret_cast<sqlite3_file*>(opened + 1);
  opened->name = name;
  const int code = Below(vfs)->xOpen(Below(vfs), name, opened->inner, flags, out_flags);
  file->pMethods = opened->inner->pMethods == nullptr ? nullptr : &kMethods;
  return code;
}
int Delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  const int code = FaultyVfs::Instance().Step(false);
  if (code != SQLITE_OK) return code;
  FaultyVfs::Instance().Enter({DiskEntry::kDelete, name, 0, ""});
  return Below(vfs)->xDelete(Below(vfs), name, sync_directory);
}

sqlite3_vfs MakeVfs() {
  sqlite3_vfs* const below = sqlite3_vfs_find(nullptr);
  sqlite3_vfs vfs = *below;  // what is not replaced is the VFS's below
  vfs.pNext = nullptr;
  vfs.zName = FaultyVfs::kName;
  vfs.szOsFile += static_cast<int>(sizeof(File));
  vfs.pAppData = below;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  return vfs;
}

}  // namespace

FaultyVfs& FaultyVfs::Instance() {
  static FaultyVfs instance;
  return instance;
}

FaultyVfs::FaultyVfs() {
  static sqlite3_vfs vfs = MakeVfs();
  sqlite3_vfs_register(&vfs, 0);
}

void FaultyVfs::Arm(std::uint64_t n, Fault fault, int write_code) {
  const std::lock_guard lock(mutex_);
  calls_ = 0;
  failing_call_ = n;
  fault_ = fault;
  write_code_ = write_code;
  has_failed_ = false;
}

std::uint64_t FaultyVfs::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

bool FaultyVfs::has_failed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

void FaultyVfs::Record(DiskLog* log) {
  const std::lock_guard lock(mutex_);
  log_ = log;
}

void FaultyVfs::Ask(std::function<int(bool)> judge) {
  const std::lock_guard lock(mutex_);
  judge_ = std::move(judge);
}

void FaultyVfs::Enter(DiskEntry entry) {
  const std::lock_guard lock(mutex_);
  if (log_ != nullptr) log_->Add(std::move(entry));
}

int FaultyVfs::Step(bool is_flush) {
  const std::lock_guard lock(mutex_);
  if (const int code = judge_ ? judge_(is_flush) : SQLITE_OK; code != SQLITE_OK) return code;
  ++calls_;
  if (failing_call_ == 0 || calls_ < failing_call_) return SQLITE_OK;
  if (fault_ == Fault::kOnce && calls_ > failing_call_) return SQLITE_OK;
  has_failed_ = true;
  return is_flush ? SQLITE_IOERR_FSYNC : write_code_;
}

}  // namespace kmaas::storage
