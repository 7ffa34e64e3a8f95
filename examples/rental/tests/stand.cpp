#include "examples/rental/tests/stand.hpp"

#include "examples/rental/upkeep.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <atomic>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace rental::testing {

namespace {

fh::config configured(const stand_options& how) {
  fh::config made =
      how.patient ? all_homes().config(how.through) : all_homes().config_as_it_is(how.through);
  if (how.upkeep)
    made.children = all_homes().config_as_it_is().children;
  else
    made.children.clear();
  made.runtime.level = fh::log_level::debug;
  return made;
}

// A thread that is left behind may log when the stand is gone: the sink keeps its stream.
spdlog::sink_ptr writing_to(const std::shared_ptr<std::ostringstream>& log) {
  return {new spdlog::sinks::ostream_sink_mt{*log},
          [log](spdlog::sinks::sink* sink) { delete sink; }};
}

std::shared_ptr<spdlog::logger> logger_to(const spdlog::sink_ptr& sink) {
  auto made = std::make_shared<spdlog::logger>("rental", sink);
  made->set_level(spdlog::level::debug);
  return made;
}

} // namespace

stand::stand(const stand_options& how)
    : sink_{writing_to(log_)}, runtime_{configured(how),
                                        {.sinks = {sink_}, .actors = upkeep_actors()}},
      db{runtime_.database("primary")}, people{db}, site_{db,
                                                          {.url = how.url,
                                                           .files = service_files(),
                                                           .outbox = outbox_.path()},
                                                          logger_to(sink_)} {
  server_.new_task_queue = [] { return new httplib::ThreadPool{128}; };
  server_.set_payload_max_length(64 * 1024);
  site_.mount(server_);
  socket_t listening = INVALID_SOCKET;
  server_.set_socket_options([&](socket_t of) { listening = of; });
  port_ = server_.bind_to_any_port("127.0.0.1");
  listen(listening, 1'024);
  listener_ = std::thread{[this] { server_.listen_after_bind(); }};
}

stand::~stand() {
  while (!server_.is_running())
    std::this_thread::sleep_for(1ms); // waits for the outside: what does not run cannot be stopped
  server_.stop();
  listener_.join();
}

std::vector<std::string> stand::mails() const {
  std::vector<std::string> texts;
  for (const auto& each : std::filesystem::directory_iterator{outbox_.path()})
    texts.push_back((std::ostringstream{} << std::ifstream{each.path()}.rdbuf()).str());
  return texts;
}

std::string stand::session_of(const std::string& email) const {
  auto who = people.user_by_email(email);
  if (!who)
    who = people.create_user({.email = email});
  const std::string token = new_token();
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  people.create_session(token, who->id, now + 1h);
  return token;
}

std::string stand::log() {
  runtime_.stop();
  return log_->str();
}

httplib::Headers guest::headers() const {
  httplib::Headers all = also;
  if (!session.empty())
    all.emplace("Cookie", "theme=dark; session=" + session);
  return all;
}

response guest::take(httplib::Result got) {
  if (!got)
    throw std::runtime_error{"no answer: " + httplib::to_string(got.error())};
  constexpr std::string_view name = "session=";
  const std::string cookie = got->get_header_value("Set-Cookie");
  if (cookie.starts_with(name))
    session = cookie.substr(name.size(), cookie.find(';') - name.size());
  return *got;
}

response guest::get(const std::string& path, const httplib::Params& fields) {
  return take(
      http_.Get(fields.empty() ? path : httplib::append_query_params(path, fields), headers()));
}

response guest::post(const std::string& path, const httplib::Params& fields) {
  return take(http_.Post(path, headers(), fields));
}

response guest::post(const std::string& path, const std::string& body, const std::string& type) {
  return take(http_.Post(path, headers(), body, type));
}

response guest::enquire(int home, const std::string& message, const std::string& form) {
  const httplib::MultipartFormDataItems items{{"form", form, "", ""}, {"message", message, "", ""}};
  return take(http_.Post("/properties/" + std::to_string(home), headers(), items));
}

bool shows(const response& page, std::string_view part) {
  return page.body.find(part) != std::string::npos;
}

std::string location(const response& answer) {
  return answer.get_header_value("Location");
}

std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  const std::regex wanted{pattern};
  std::vector<std::string> found;
  for (std::sregex_iterator each{text.begin(), text.end(), wanted}; each != std::sregex_iterator{};
       ++each)
    found.push_back((*each)[1]);
  return found;
}

std::vector<int> homes_in(const response& page) {
  std::vector<int> ids;
  for (const std::string& id : all_of(page.body, "<h2><a href=\"/properties/([0-9]+)\">"))
    ids.push_back(std::stoi(id));
  return ids;
}

std::string new_form() {
  return new_token().substr(0, 32);
}

int let(const stand& at, const new_home& what) {
  static std::atomic<int> last{20'000};
  const int id = ++last;
  const std::string landlord = "INSERT INTO landlord VALUES ($1, $2, '2015-01-01', true, 3)";
  const std::string property =
      "INSERT INTO property VALUES ($1, $1, 'flat', $2, $3, $4, $5, $6, $7,"
      " '2026-12-24', now(), $8)";
  at.db.execute(fh::statement{landlord, landlord}, id, what.landlord).get();
  at.db
      .execute(fh::statement{property, property}, id, what.title, what.city, what.street,
               what.rooms, what.area, what.rent, what.description)
      .get();
  return id;
}

} // namespace rental::testing
