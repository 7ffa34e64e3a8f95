// Everything a service needs.
#pragma once

#include <freehold/config.hpp>
#include <freehold/database.hpp>
#include <freehold/error.hpp>
#include <freehold/runtime.hpp>
#include <freehold/statement.hpp>
#include <freehold/supervision.hpp>
