#include "app/heap.h"

#include <malloc.h>

// tcmalloc's (gperftools, malloc_extension_c.h), where the program has it: it does not replace
// mallinfo2, and its mallinfo counts in int. Sanitizers and tests have glibc's allocator.
extern "C" int MallocExtension_GetNumericProperty(const char* property, std::size_t* value)
    __attribute__((weak));

namespace kmaas::app {

std::size_t HeapBytesInUse() {
  std::size_t bytes = 0;
  if (&MallocExtension_GetNumericProperty != nullptr &&
      MallocExtension_GetNumericProperty("generic.current_allocated_bytes", &bytes) != 0)
    return bytes;
  return ::mallinfo2().uordblks;
}

}  // namespace kmaas::app
