#include "fuzz.hpp"

// libFuzzer's entry; TARGET is one of the functions of fuzz.hpp
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::TARGET({data, size});
    return 0;
}
