#include "actors/command/program.hpp"

#include <exception>
#include <iostream>

#include <unistd.h>

int main(int count, char** words) {
  namespace command = freehold::command;
  try {
    const command::console to{std::cout, std::cerr, freehold::process_environment(),
                              isatty(STDOUT_FILENO) == 1};
    return command::program{to, command::real_tools()}.run({words + 1, words + count});
  } catch (const std::exception& why) {
    std::cerr << "freehold: " << why.what() << '\n';
    return command::exit_status::usage;
  }
}
