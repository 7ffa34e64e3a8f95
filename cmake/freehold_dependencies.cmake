# What Freehold stands on. The installed package includes this file too, so the list exists once.

find_package(Threads REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED) # built against the fmt above
find_package(nlohmann_json 3 REQUIRED)
find_package(OpenSSL REQUIRED) # as libpq does
find_package(libpqxx 6.4...<8 REQUIRED)
find_package(CAF 0.17.6...<0.18 REQUIRED)
find_package(prometheus_cpp_core REQUIRED)
find_package(cpp_httplib 0.11 REQUIRED)
