-- For wrk: people who search here and there, and what they are shown. Prints a line of JSON.
local cities = {"", "", "Amsterdam", "Berlin", "Dublin", "Lisbon", "Lyon", "Porto", "Vienna"}
local sorts = {"newest", "cheapest", "largest"}
local pages = {1, 1, 1, 2, 3}
local threads = {}

function setup(thread)
  thread:set("seed", #threads + 1)
  table.insert(threads, thread)
end

function init()
  math.randomseed(seed)
  fresh, aged, other, example = 0, 0, 0, ""
end

local function any(of)
  return of[math.random(#of)]
end

function request()
  return wrk.format("GET", "/properties?city=" .. any(cities) .. "&sort=" .. any(sorts) ..
                           "&page=" .. any(pages))
end

function response(status, _, body)
  local has_homes = body:find('class="card"', 1, true)
  if status ~= 200 or not has_homes then
    other = other + 1
    example = status .. " " .. body:gsub("%c", " "):gsub('"', "'"):sub(-600)
  elseif body:find("This is what we knew %d+ %a+ ago") then
    aged = aged + 1
  else
    fresh = fresh + 1
  end
end

function done(summary, latency)
  local sum, example = {fresh = 0, aged = 0, other = 0}, ""
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do
      sum[name] = sum[name] + thread:get(name)
    end
    if thread:get("example") ~= "" then
      example = thread:get("example")
    end
  end
  local errors = summary.errors
  local line = '{"fresh": %d, "aged": %d, "other": %d, "example": "%s", "a_second": %.0f, ' ..
               '"p50_ms": %.2f, "p99_ms": %.2f, "longest_ms": %.2f, "no_connection": %d, ' ..
               '"cut": %d, "late": %d, "status": %d}'
  print(line:format(sum.fresh, sum.aged, sum.other, example,
                    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
                    latency:percentile(99) / 1e3, latency.max / 1e3, errors.connect,
                    errors.read + errors.write, errors.timeout, errors.status))
end
