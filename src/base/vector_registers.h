// What copies and ciphers leave in a thread's vector registers.
#pragma once

namespace kmaas {

// Zeroes the vector registers of the calling thread (x86-64: up to 32 of 512 bits; AArch64: 32 of
// 128 bits; elsewhere nothing). memcpy moves secrets through them, and a thread that goes to sleep
// keeps them: a core dump of an idle server showed its last answers there. Call when a secret has
// been wiped from memory and before the thread waits. Costs some nanoseconds.
void WipeVectorRegisters();

}  // namespace kmaas
