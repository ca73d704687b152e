// SPDX-License-Identifier: GPL-3.0-or-later
// Fixes the instruction set of the libraries that compute. OpenBLAS, oneDNN and libTorch each choose the newest one
// that they know of a processor, and each rounds differently, so the bytes of a bank would depend on the machine.
// Training keeps the libraries' choice, which is the fastest.
//
// Linked whole into every program that bakes. OpenBLAS reads its variable before main(), so what follows runs before
// the constructors of all libraries: it sets the variables and executes the program again, which costs 30 ms there.
// Thread: control.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>
#include <vector>

#ifdef __x86_64__
namespace timbrel::models {
namespace {

using Assignments = std::array<const char*, 3>;
constexpr Assignments avx2 = {"OPENBLAS_CORETYPE=Haswell", "DNNL_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2"};
constexpr Assignments sse = {"OPENBLAS_CORETYPE=Prescott", "DNNL_MAX_CPU_ISA=SSE41", "ATEN_CPU_CAPABILITY=default"};

bool assigns_same(std::string_view a, std::string_view b) {
    return a.substr(0, a.find('=')) == b.substr(0, b.find('='));
}

[[noreturn]] void fail(const char* program) {
    std::fprintf(stderr, "%s: cannot start again with a fixed instruction set; is /proc mounted?\n", program);
    _exit(1);
}

// The C library has not copied `environment` yet, so getenv and setenv do not work.
void pin_instruction_set(int count, char** arguments, char** environment) {
    if (count > 1 && std::string_view(arguments[1]) == "train") return;
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const Assignments& wanted = has_avx2 ? avx2 : sse;
    std::vector<char*> pinned;
    size_t right = 0, wrong = 0;
    for (char** variable = environment; *variable; ++variable) {
        const auto match = std::ranges::find_if(wanted, [&](auto w) { return assigns_same(w, *variable); });
        if (match == wanted.end())
            pinned.push_back(*variable);
        else
            ++(std::string_view(*match) == *variable ? right : wrong);
    }
    if (right == wanted.size() && wrong == 0) return;
    if (!has_avx2)
        std::fprintf(stderr,
                     "%s: this processor has no AVX2 and FMA: baking is slow, and banks differ slightly from others'\n",
                     arguments[0]);
    for (const char* assignment : wanted) pinned.push_back(const_cast<char*>(assignment));
    pinned.push_back(nullptr);
    char program[4096] = {};
    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) fail(arguments[0]);
    execve(program, arguments, pinned.data());
    fail(arguments[0]);
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const run_first)(int, char**, char**) = pin_instruction_set;

} // namespace
} // namespace timbrel::models
#endif
