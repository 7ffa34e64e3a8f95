"""A person with a browser, who visits the service."""
import secrets
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "tests" / "browser"))

from judge import CONTRASTS, SMALL_TARGETS  # noqa: E402
from service import until  # noqa: E402

DESK, PHONE = (1280, 900), (390, 844)
NARROW = 360
THUMB = 44  # pixels, as WCAG 2.1 has it in 2.5.5


class Page(unittest.TestCase):
    """Does what a person does, and reads what is on the page."""

    browser = service = database = None  # of all tests
    screenshots = None  # folder for them
    refusals_expected = False  # of pages with another status than 200

    def setUp(self):
        self.browser.show(*DESK)
        self.browser.driver.delete_all_cookies()
        self.open("/properties")
        self.email = f"{secrets.token_hex(4)}@example.org"

    def tearDown(self):
        complaints = [entry for entry in self.browser.console()
                      if not (self.refusals_expected and entry[1] == "network")]
        self.assertEqual(complaints, [], "the console is clean")

    def open(self, path):
        self.browser.driver.get(self.service.url + path if path.startswith("/") else path)

    def element(self, selector):
        return self.browser.driver.find_element("css selector", selector)

    def elements(self, selector):
        return self.browser.driver.find_elements("css selector", selector)

    def text(self, selector="body"):
        return "\n".join(each.text for each in self.elements(selector))

    def says(self, *texts, selector="body"):
        for text in texts:
            self.assertIn(text, self.text(selector))

    def says_not(self, *texts, selector="body"):
        for text in texts:
            self.assertNotIn(text, self.text(selector))

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.element(f"[name={name}]")
            if field.tag_name != "select":
                field.clear()
            field.send_keys(value)

    def value(self, name):
        return self.element(f"[name={name}]").get_property("value")

    def press(self, what):
        """A link or a button, by its text, and waits for the page behind it."""
        left = self.element("html")
        pressed = [each for each in self.elements("a, button") if each.text == what]
        self.assertTrue(pressed, f"there is no {what} in {self.text()[:400]}")
        pressed[0].click()
        until("the next page", lambda: self.is_gone(left))

    @staticmethod
    def is_gone(element):
        from selenium.common.exceptions import StaleElementReferenceException
        try:
            return not element.is_enabled()
        except StaleElementReferenceException:
            return True

    def at(self, path):
        self.assertEqual(self.browser.driver.current_url.removeprefix(self.service.url), path)

    def ask_for_link(self):
        self.fill(email=self.email)
        self.press("Send me a link")

    def sign_in(self):
        self.open("/sign-in")
        self.ask_for_link()
        self.says("Look into your mail", self.email)
        self.open(self.service.mail())
        self.press("Sign in")
        self.says("My enquiries", "Sign out", selector="header")

    def enquiries(self):
        return int(self.database.admin("SELECT count(*) FROM enquiry JOIN person ON person.id ="
                                  f" person_id WHERE email = '{self.email}'")[0])

    def looks(self, name):
        """Whether it can be read, pressed and need not be moved sideways; and its pictures."""
        for width, height in ((NARROW, 800), PHONE, DESK):
            for dark in (False, True):
                self.browser.show(width, height, dark)
                self.browser.frame()
                with self.subTest(page=name, width=width, dark=dark):
                    wide = self.browser.run("return document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, width, "no scrolling sideways")
                    self.assertEqual(self.browser.run(CONTRASTS), [], "WCAG AA: 4.5, large text 3")
                    if width < 600:
                        self.assertEqual(self.browser.run(SMALL_TARGETS, THUMB), [])
                if self.screenshots and width != NARROW:
                    self.screenshots.mkdir(parents=True, exist_ok=True)
                    where = "phone" if width < 600 else "desk"
                    file = f"{name}-{where}-{'dark' if dark else 'light'}.png"
                    self.browser.driver.save_screenshot(str(self.screenshots / file))
        self.browser.show(*DESK)
