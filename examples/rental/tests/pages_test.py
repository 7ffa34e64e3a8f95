#!/usr/bin/python3
"""The pages in a real browser, with the real service behind PgBouncer.

    sandbox run -- pages_test.py PROGRAM [--screenshots FOLDER] [NAME...]

Ends with 77, which means skipped, where there is no Chromium.
"""
import argparse
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

from page import Page  # noqa: E402
from browser import Browser, find  # noqa: E402
from service import SKIPPED, Database, Service, is_fresh, sandbox, until  # noqa: E402

MARKUP = "<b>Ann</b> & <script>document.title = 'taken'</script>, from March on?"


def setUpModule():
    Page.database = unittest.enterModuleContext(Database())
    Page.service = unittest.enterModuleContext(Service(given.program, Page.database))
    until("the service is there",
          lambda: is_fresh(Page.service.get()) and Page.service.is_ready())
    Page.browser = unittest.enterModuleContext(Browser())
    Page.screenshots = given.screenshots


class Visit(Page):
    def test_homes_are_searched_and_read_on(self):
        self.assertEqual(len(self.elements(".card")), 12)
        self.looks("homes")
        self.fill(city="Lisbon", rent_to="1200", rooms="2", sort="cheapest")
        self.press("Search")
        self.assertEqual(len(self.elements(".card")), 12)
        self.assertTrue(all("Lisbon" in each.text for each in self.elements(".card")))
        self.assertEqual((self.value("city"), self.value("rent_to"), self.value("sort")),
                         ("Lisbon", "1200", "cheapest"), "what was typed stays")
        first = self.rents()
        self.assertEqual(first, sorted(first))
        self.press("Next →")
        self.says("Page 2 of")
        self.assertGreaterEqual(self.rents()[0], first[-1])
        self.press("← Previous")
        self.assertEqual(self.rents(), first)

    def rents(self):
        return [int(each.text.strip("€").replace(",", "")) for each in
                self.elements(".card .price strong")]

    def test_home(self):
        title = self.element(".card h2").text
        self.press(title)
        self.assertEqual(self.element("h1").text, title)
        self.assertIn(title, self.browser.driver.title)
        self.says("Your landlord", "What tenants say", "Sign in to ask")
        self.looks("home")

    def test_sign_in_enquiry_and_sign_out(self):
        self.press(self.element(".card h2").text)
        home = self.element("h1").text
        self.press("Sign in to ask")
        self.looks("sign-in")
        self.ask_for_link()
        self.looks("sign-in-sent")
        link = self.service.mail()
        self.open(link)
        self.looks("sign-in-confirm")
        self.press("Sign in")
        self.assertEqual(self.element("h1").text, home, "back where the question was")
        self.looks("home-signed-in")
        self.fill(message="Good day! I am " + MARKUP)
        self.press("Send")
        self.at("/enquiries")
        self.says(home, MARKUP)
        self.assertEqual(len(self.elements("main b, main script")), 0)
        self.assertNotEqual(self.browser.driver.title, "taken")
        self.looks("enquiries")
        self.browser.driver.back()
        self.press("Send")
        self.assertEqual(self.enquiries(), 1, "sent twice it is there once")
        self.press("Sign out")
        self.says("Sign in", selector="header")
        self.open("/enquiries")
        self.at("/sign-in?next=/enquiries")
        self.open(link)
        self.refusals_expected = True
        self.press("Sign in")
        self.says("This link has ended")

    def test_wrong_words_are_told_and_kept(self):
        self.refusals_expected = True
        self.fill(rent_from="cheap", city=MARKUP)
        self.press("Search")
        self.says("a whole number from 0 to 100,000")
        self.assertEqual((self.value("rent_from"), self.value("city")), ("cheap", MARKUP[:80]))
        self.looks("wrong-search")
        self.open("/properties/999999999")
        self.says("There is no such page")
        self.looks("no-such-page")

    def test_nothing_needs_a_script(self):
        disable = "Emulation.setScriptExecutionDisabled"
        self.browser.driver.execute_cdp_cmd(disable, {"value": True})
        self.addCleanup(self.browser.driver.execute_cdp_cmd, disable, {"value": False})
        self.scripts_are_off()
        self.open("/properties")
        self.fill(city="Porto")
        self.press("Search")
        self.press("Next →")
        self.assertIn("Porto", self.text(".card"))
        self.press(self.element(".card h2").text)
        home = self.element("h1").text
        self.sign_in()
        self.open("/properties?city=Porto&page=2")
        self.press(home)
        self.fill(message="Is it still to let?")
        self.press("Send")
        self.says(home, "Is it still to let?")
        self.press("Sign out")
        self.says("Sign in", selector="header")
        self.scripts_are_off()

    def scripts_are_off(self):
        self.open("data:text/html,<p>plain</p><script>document.body.textContent='ran'</script>")
        self.assertEqual(self.text(), "plain")

    def test_no_page_has_a_script_and_the_console_would_tell(self):
        self.assertEqual(len(self.elements("script, [onclick], [style]")), 0)
        self.browser.run("document.body.appendChild(document.createElement('script')).textContent ="
                    " \"document.title = 'taken'\"")
        self.assertNotEqual(self.browser.driver.title, "taken")
        self.assertIn("Content Security Policy", self.browser.console()[0][2])


class Outage(Page):
    refusals_expected = True

    stopped = False

    def stop_database(self):
        self.addCleanup(self.start_database)
        self.stopped = True
        sandbox("server", "stop")
        until("old pages", lambda: not is_fresh(self.service.get()))

    def start_database(self):
        if self.stopped:
            sandbox("server", "start")
            self.stopped = False
            until("fresh pages",
                  lambda: is_fresh(self.service.get()) and self.service.is_ready())

    def test_pages_say_their_age(self):
        homes = self.text(".cards")
        self.press(self.element(".card h2").text)
        home = self.browser.driver.current_url
        self.stop_database()
        self.open("/properties")
        self.assertRegex(self.text(".notice"), r"This is what we knew \d+ seconds ago\.")
        self.assertEqual(self.text(".cards"), homes)
        self.looks("homes-during-outage")
        self.open(home)
        self.assertRegex(self.text(".notice"), r"This is what we knew \d+ seconds ago\.")
        self.open("/properties?city=Oslo&rent_from=1234")
        self.says("Your search cannot be made right now")
        self.assertEqual(self.value("rent_from"), "1234")
        self.assertEqual(len(self.elements(".card")), 12)
        self.looks("another-search-during-outage")
        self.open("/properties/9999")
        self.says("One moment, please")
        self.looks("unknown-home-during-outage")
        self.start_database()
        self.open("/properties")
        self.says_not("This is what we knew")

    def test_enquiry_is_kept_and_arrives_once(self):
        self.sign_in()
        self.open("/properties")
        self.press(self.element(".card h2").text)
        self.fill(message=MARKUP)
        self.stop_database()
        self.press("Send")
        self.says("Your enquiry has not been sent", "This is what we knew")
        self.assertEqual(self.value("message"), MARKUP)
        self.looks("enquiry-during-outage")
        self.press("Send")
        self.says("Your enquiry has not been sent")
        self.assertEqual(self.value("message"), MARKUP)
        self.start_database()
        self.press("Send")
        self.at("/enquiries")
        self.says(MARKUP)
        self.assertEqual(self.enquiries(), 1)

    def test_sign_in_is_kept(self):
        self.open("/sign-in")
        self.stop_database()
        self.ask_for_link()
        self.says("Nobody can sign in right now")
        self.assertEqual(self.value("email"), self.email)
        self.looks("sign-in-during-outage")
        self.start_database()
        self.press("Send me a link")
        self.says("Look into your mail")
        self.stop_database()
        self.open(self.service.mail())
        self.press("Sign in")
        self.says("Your link stays good")
        self.start_database()
        self.press("Sign in")
        self.says("Sign out", selector="header")


if __name__ == "__main__":
    if find() is None:
        print("skipped: neither Chromium nor its driver is installed")
        sys.exit(SKIPPED)
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--screenshots", type=Path, help="folder for pictures of the pages")
    given, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
