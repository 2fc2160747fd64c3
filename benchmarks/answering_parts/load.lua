-- One buyer after the other, from this thread's own file. Arguments: folder, what to do (get, post or full), and
-- whether everybody answers once. What a page acknowledged is written down, line by line.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

local buyers, at, part, what, once, kept = {}, 0, 0, "get", true, nil
local agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

function init(arguments)
  what, once = arguments[2], arguments[3] == "once"
  kept = io.open(arguments[1] .. "/kept-" .. id .. ".txt", "w")
  kept:setvbuf("line")
  for line in io.lines(arguments[1] .. "/buyers-" .. id .. ".tsv") do
    local address, link, press, more, words = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
    buyers[#buyers + 1] = {address = address, link = link, press = press, more = more, words = words}
  end
end

local function send(method, path, buyer, body)
  local headers = {["User-Agent"] = agent, ["X-Forwarded-For"] = buyer.address}
  if body then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  return wrk.format(method, path, headers, body)
end

function request()
  if what == "get" then
    at = at % #buyers + 1
    return send("GET", buyers[at].link, buyers[at])
  end
  if part == 0 then
    at = at + 1
    if buyers[at] == nil and not once then at = 1 end
    if buyers[at] == nil then  -- nobody is left
      wrk.thread:stop()
      return send("GET", buyers[#buyers].link, buyers[#buyers])
    end
  end
  local buyer = buyers[at]
  if what == "post" then return send("POST", buyer.link, buyer, buyer.press) end
  part = (part + 1) % 3
  if part == 1 then return send("GET", buyer.link, buyer) end
  if part == 2 then return send("POST", buyer.link, buyer, buyer.press) end
  return send("POST", buyer.more, buyer, buyer.words)
end

-- A thread has one connection, so this is the answer to what was asked last.
function response(status)
  if status == 303 and buyers[at] and (what == "post" or part == 2) then kept:write(buyers[at].link, "\n") end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nFIGURES {"requests": %d, "seconds": %f, "p50_ms": %f, "p95_ms": %f, "p99_ms": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.timeout))
end
