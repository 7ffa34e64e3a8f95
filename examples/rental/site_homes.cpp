#include "examples/rental/forms.hpp"
#include "examples/rental/site.hpp"

namespace rental {

namespace {

// Columns go where a template has their names.
void fill(ctemplate::TemplateDictionary& to, const fh::row& from) {
  for (std::size_t i = 0; i < from.columns(); ++i)
    to.SetValue(std::string{from.column_name(i)}, std::string{from.text(i)});
}

void fill_each(ctemplate::TemplateDictionary& to, const char* section, const fh::result_set& with) {
  to.ShowSection((with.empty() ? "NO_" : "ANY_") + std::string{section});
  for (const fh::row& each : with)
    fill(*to.AddSectionDictionary(section), each);
}

void tell_age(page& shown, const fh::result_set& of) {
  if (of.origin() == fh::result_origin::fresh)
    return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(of.age()).count();
  const bool long_ago = seconds >= 120;
  const std::string age = std::to_string(long_ago ? seconds / 60 : seconds);
  shown.frame.SetValueAndShowSection("AGE", age + (long_ago ? " minutes" : " seconds"), "STALE");
}

} // namespace

void site::show_search(const request& asked, response& to) const {
  page shown{"search.html", "Homes to let"};
  std::set<std::string> wrong;
  const auto typed = [&](const char* field) { return asked.get_param_value(field); };
  const search what = read_search(typed, wrong);
  for (const char* field : {"city", "rent_from", "rent_to", "rooms"})
    shown.content[field] = typed(field);
  for (const std::string& field : wrong)
    shown.content.ShowSection("wrong_" + field);
  greet(asked, shown);
  to.status = wrong.empty() ? 200 : 400;
  if (wrong.empty())
    fill_search(shown, what, asked, to);
  render(shown, to);
}

void site::fill_search(page& shown, const search& what, const request& asked, response& to) const {
  fh::result_set found;
  try {
    found = homes_.find(what).get();
  } catch (const fh::failure& why) {
    note(why, to);
    found = homes_.find({}).get(); // what everybody looks at is known most likely
    to.status = 200;
    shown.content.ShowSection("ANOTHER_SEARCH");
  }
  tell_age(shown, found);
  shown.content.ShowSection(search::sortings.at(what.sorted_by));
  fill_each(shown.content, "HOME", found);
  const int total = found.empty() ? 0 : found[0].at<int>("total");
  const int last = (total + search::homes_a_page - 1) / search::homes_a_page;
  const auto link = [&](const char* section, int page) {
    httplib::Params fields = asked.params;
    fields.erase("page");
    fields.emplace("page", std::to_string(page));
    shown.content.AddSectionDictionary(section)->SetValue(
        "URL", httplib::append_query_params("/properties", fields));
  };
  if (what.page > 1)
    link("PREVIOUS", what.page - 1);
  if (what.page < last)
    link("NEXT", what.page + 1);
  if (total == search::most_counted)
    shown.content.ShowSection("OR_MORE");
  shown.content["TOTAL"] = total;
  shown.content["PAGE"] = what.page;
  shown.content["PAGES"] = last;
}

bool site::fill_home(page& shown, int id) const {
  auto asked = homes_.home(id);
  const fh::result_set references = homes_.references_of(id).get(); // in the same round trip
  const fh::result_set home = asked.get();
  if (home.empty())
    return false;
  tell_age(shown, home);
  fill(shown.content, home[0]);
  shown.frame["PAGE_TITLE"] = home[0].at<std::string>("title");
  shown.content.ShowSection("KNOWN");
  if (home[0].at<bool>("verified"))
    shown.content.ShowSection("VERIFIED");
  fill_each(shown.content, "REFERENCE", references);
  return true;
}

void site::show_home(const request& asked, response& to) const {
  page shown{"home.html", "A home"};
  shown.content.ShowSection(greet(asked, shown) ? "ASK" : "SIGN_IN_FIRST");
  shown.content["form"] = new_token().substr(0, 32); // a uuid
  to.status = fill_home(shown, std::stoi(asked.matches[1])) ? 200 : 404;
  if (to.status == 200)
    render(shown, to);
}

void site::enquire(const request& asked, response& to) const {
  page shown{"home.html", "A home"};
  // Multipart: httplib takes other forms up to 8 KiB only.
  const std::string message = asked.get_file_value("message").content;
  const std::string form = asked.get_file_value("form").content;
  const int id = std::stoi(asked.matches[1]);
  shown.content["message"] = message;
  shown.content["form"] = form;
  shown.content["id"] = id;
  shown.content.ShowSection("ASK");
  try {
    const bool known = fill_home(shown, id);
    const auto who = visitor(asked, shown);
    const auto form_id = fh::uuid::parse(form);
    if (known && who && form_id && is_message(message) &&
        homes_.enquire(*form_id, id, who->id, message).get().affected_rows() == 1)
      return to.set_redirect("/enquiries", 303);
    to.status = !known ? 404 : who ? 400 : 401;
    shown.content.ShowSection(who ? "wrong_message" : "wrong_visitor");
  } catch (const fh::failure& why) {
    note(why, to);
    shown.content.ShowSection("AWAY");
  }
  if (to.status != 404)
    render(shown, to);
}

void site::show_enquiries(const request& asked, response& to) const {
  page shown{"enquiries.html", "My enquiries"};
  const auto who = visitor(asked, shown);
  if (!who)
    return to.set_redirect("/sign-in?next=/enquiries", 303);
  fill_each(shown.content, "ENQUIRY", homes_.enquiries_of(who->id).get());
  render(shown, to);
}

} // namespace rental
