// How libTorch uses the cores.
#pragma once

namespace timbrel::models {

// One thread for each of libTorch's operators: the programs here run several notes side by side instead, which scales
// better and keeps every note's arithmetic, and so its bytes, independent of the number of cores.
void use_one_thread_per_operator();

} // namespace timbrel::models
