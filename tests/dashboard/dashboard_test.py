#!/usr/bin/python3
"""The dashboard in a real browser, against figures that are made up. Ends with 77, which means
skipped, where there is no Chromium."""
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parents[1] / "browser"))

import scenes  # noqa: E402
from browser import Browser, find  # noqa: E402
from judge import CONTRASTS  # noqa: E402
from service import Service  # noqa: E402

PATIENCE = 6
SKIPPED = 77


def setUpModule():
    global browser, service
    service = Service()
    unittest.addModuleCleanup(service.close)
    browser = unittest.enterModuleContext(Browser())


class Page(unittest.TestCase):
    """Opens scenes and reads what is on the page."""

    network_errors_expected = False

    def setUp(self):
        browser.show(1440, 900)
        self.page_left()
        service.asked.clear()

    def tearDown(self):
        complaints = [entry for entry in browser.console()
                      if not (self.network_errors_expected and entry[1] == "network")]
        self.assertEqual(complaints, [], "the console is clean")

    def page_left(self):
        """Before the next scene: no page that still asks."""
        browser.driver.get("about:blank")
        browser.console()

    def open(self, scene, fragment="", **how):
        service.play(scene, **how)
        browser.driver.get("about:blank")  # or a fragment would only be jumped to
        browser.driver.get(service.url + fragment)
        self.wait_until(lambda: "Asking" not in self.text("#headline"), "the first answer")
        browser.frame()

    def wait_until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                self.fail(f"in vain: {what}; the page says {self.text('body')[:400]}")
            time.sleep(0.03)

    def text(self, selector):
        """What a person sees of it, with plain spaces."""
        found = browser.run("return Array.from(document.querySelectorAll(arguments[0]))"
                            ".filter(each => each.checkVisibility())"
                            ".map(each => each.innerText).join('\\n')", selector)
        return found.replace("\u202f", " ").replace("\u00a0", " ")

    def attribute(self, selector, name):
        return browser.run("const [selector, name] = arguments;"
                           "return document.querySelector(selector)?.getAttribute(name)",
                           selector, name)

    def number_of(self, selector):
        return browser.run("return document.querySelectorAll(arguments[0]).length", selector)

    def click(self, selector):
        browser.run("document.querySelector(arguments[0]).click()", selector)

    def press(self, selector, key, shift=False):
        browser.run("const [selector, key, shiftKey] = arguments;"
                    "const on = document.querySelector(selector); on.focus();"
                    "on.dispatchEvent(new KeyboardEvent('keydown', {key, shiftKey, bubbles: true,"
                    " cancelable: true}))", selector, key, shift)

    def says(self, selector, *texts):
        shown = self.text(selector)
        for text in texts:
            self.assertIn(text, shown)

    def asked(self, path):
        return service.asked.count(path)

    def answered_again(self):
        before = self.asked("/snapshot")
        self.wait_until(lambda: self.asked("/snapshot") >= before + 2, "two more questions")


class Situations(Page):
    def test_all_is_well(self):
        self.open(scenes.healthy())
        self.says("#headline", "All is well")
        self.says(".top", "rental", "production", "0.1.0", "2 h 44 min", "31 ms", "4123 on app-2")
        self.says(".facts", "closed", "4 of 10 in use", "8 open; at least 2 are kept",
                  "nobody waits", "of at most 200", "PostgreSQL 15.18", "primary · direct",
                  "named statements: the backend's process id", "no statement had to be healed")
        for state, cells in {"busy": 2, "exclusive": 1, "leased": 1, "idle": 4, "free": 2}.items():
            self.assertEqual(self.number_of(f".pool-bar .cell-{state}"), cells, state)
        self.assertFalse(self.text(".problems"))
        self.assertFalse(self.text(".tabs"), "one database needs no tabs")
        self.assertEqual(browser.driver.title, "✓ rental: All is well")
        self.says(".database", "11 904 211", "homes_in_city", "k3x9f2", "4.2 s")
        self.says("#runtime", "mailer", "2 restarts", "connection to the mail server was closed",
                  "applied", "database.primary.pool.max_connections: 8 -> 10")

    def test_open_circuit(self):
        self.open(scenes.breaker_open())
        self.says("#headline", "Not ready")
        self.assertFalse(self.text("#summary"), "the problem below says it")
        self.says(".problems", "primary: The circuit is open", "next trial in 4 s",
                  "Connection refused")
        self.says(".facts", "open", "for 8 s", "opened 2 times", "18 204 requests refused",
                  "Last connect error: connection to server")
        self.assertEqual(self.attribute("#verdict", "data-level"), "bad")
        self.assertGreater(self.number_of(".band-open"), 0, "the outage shows in the charts")

    def test_forced_circuit(self):
        for forced, headline in (("open", "Ready, but not all is well"),
                                 ("closed", "Ready, with 1 warning")):
            scene = scenes.healthy()
            scene["snapshot"]["databases"][0]["circuit"] |= {"forced": forced, "state": forced}
            self.open(scene)
            self.says("#headline", headline)
            self.says(".problems", f"A person forced the circuit {forced}")
            self.says(".facts", "forced by a person")

    def test_recovering(self):
        self.open(scenes.recovering())
        self.says("#headline", "Ready, with 3 warnings")
        self.says(".problems", "The circuit is recovering", "nobody answers at 10.0.3.18:5432",
                  "Requests were turned away", "refused")
        self.says(".facts", "recovering", "4 open", "38 wait", "the longest for 420 ms")
        self.says("#runtime", "refused", "by a signal", "nobody answers at 10.0.3.18:5432")
        self.says(".chart", "circuit open")

    def test_full_queue(self):
        self.open(scenes.overloaded())
        self.says("#headline", "Ready, but not all is well")
        self.says(".problems", "The queue is full", "200 of at most 200", "pool.max_connections",
                  "2 statements healed", "connection 4 by lease, for 48 s", "shed")
        self.says(".facts", "10 of 10 in use", "200 wait", "3 statements healed: 2 names taken")
        self.assertEqual(self.attribute("[role=meter]", "aria-valuenow"), "200")

    def test_failed_child(self):
        scene = scenes.healthy()
        worker = scene["snapshot"]["tree"]["children"][-1]["children"][0]
        worker |= {"state": "failed", "last_reason": "more than 5 restarts in 30 s"}
        self.open(scene)
        self.says(".problems", "“mailer” has failed", "more than 5 restarts in 30 s")
        self.assertEqual(self.number_of(".tree .icon-bad"), 1)

    def test_nothing_yet_is_said_in_words(self):
        self.open(scenes.just_started())
        self.says("#summary", "no session yet")
        self.says(".database", "not reached yet", "0 open", "Nothing in the last 5 minutes",
                  "No statement has been run yet", "Nobody keeps a connection")
        self.open(scenes.no_database())
        self.says("main", "This runtime has no database", "has not been reloaded")
        self.says(".top", "none yet")

    def test_markup_in_what_the_service_says_is_text(self):
        self.open(scenes.hostile())
        self.says("table", scenes.HOSTILE + "homes_in_city")
        self.says("#runtime", scenes.HOSTILE + "mailer")
        self.says(".tabs", scenes.HOSTILE + "primary")
        self.says(".top", scenes.HOSTILE + "rental")
        self.says(".facts", scenes.HOSTILE + "connection to server")
        self.assertEqual(self.number_of("img, b"), 0)
        self.assertNotEqual(browser.driver.title, "taken")

    def test_an_answer_that_is_not_understood(self):
        scene = scenes.healthy()
        del scene["snapshot"]["databases"][0]["circuit"]
        self.open(scene)
        self.says("#headline", "does not understand the service")
        self.assertTrue(browser.console(), "and says so to whoever repairs it")


class Charts(Page):
    def line(self, chart, name):
        return self.attribute(f".chart:nth-child({chart}) path.line.{name}:not(.swatch *)", "d")

    def test_full_at_once(self):
        self.open(scenes.healthy())
        self.assertGreater(self.line(1, "line-1").count("L"), 290)
        self.assertEqual(self.line(1, "line-1").count("M"), 1)
        self.says(".chart:nth-child(1)", "requests per second", "2 000/s", "−5 min", "now")
        self.says(".chart:nth-child(2)", "p99", "p50", "8 ms")

    def test_gap_is_a_gap(self):
        self.open(scenes.gap())
        self.assertEqual(self.line(1, "line-1").count("M"), 2)
        self.open(scenes.recovering())
        self.assertEqual(self.line(2, "line-5").count("M"), 2, "nothing was answered meanwhile")

    def test_reading_by_keys(self):
        scene = scenes.healthy()
        self.open(scene)
        plot = ".chart:nth-child(1) .plot"
        self.assertIn("now: answered", self.attribute(plot, "aria-valuetext"))
        self.press(plot, "ArrowLeft", shift=True)
        samples = scene["history"]["samples"]
        of = [samples[i]["databases"]["primary"]["answered"] for i in (-12, -11)]
        self.assertIn("10 seconds ago: answered", self.attribute(plot, "aria-valuetext"))
        self.says(".chart:nth-child(1) .legend", f"{of[1] - of[0]:,}/s".replace(",", " "))
        latency = samples[-11]["databases"]["primary"]["p99_ms"]
        self.says(".chart:nth-child(2) .legend", f"{latency:.1f}".removesuffix(".0") + " ms")
        self.assertRegex(self.text(".chart:nth-child(2) .chart-time"), r"\d\d:\d\d:\d\d")
        self.press(plot, "Escape")
        self.assertIn("now: answered", self.attribute(plot, "aria-valuetext"))

    def test_reading_by_pointer(self):
        self.open(scenes.recovering())
        browser.run("const plot = document.querySelector('.plot');"
                    "const { left, right } = plot.getBoundingClientRect();"
                    "plot.dispatchEvent(new PointerEvent('pointermove',"
                    " { clientX: right - (right - left) * 0.1 }))")
        self.says(".chart:nth-child(1) .chart-time", "circuit open")
        self.says(".chart:nth-child(3) .legend", "900/s")

    def test_another_process_begins_anew(self):
        self.open(scenes.recovering())
        self.assertGreater(self.number_of(".band-open"), 0)
        scene = scenes.healthy()
        scene["snapshot"]["started"] = scenes.iso(time.time())
        service.play(scene)
        self.wait_until(lambda: self.number_of(".band-open") == 0, "the old history is gone")


class Use(Page):
    def test_databases_have_tabs_and_the_worst_comes_first(self):
        scene = scenes.breaker_open()
        scene["snapshot"]["databases"].reverse()
        self.open(scene)
        self.says("[role=tab][aria-selected=true]", "primary")
        self.says(".big", "open")
        self.press("[role=tab][aria-selected=true]", "ArrowRight")
        self.says("[role=tab][aria-selected=true]", "reports")
        self.says(".big", "closed")
        self.assertEqual(self.attribute(".database:not([hidden])", "aria-label"),
                         "Database reports")
        self.open(scenes.breaker_open(), "#reports")
        self.says("[role=tab][aria-selected=true]", "reports")

    def names(self):
        return self.text("table[aria-label=Statements] tbody th").split("\n")

    def test_statements_are_sorted(self):
        self.open(scenes.healthy())
        self.assertEqual(self.names()[0], "homes_in_city")
        self.click("table[aria-label=Statements] th:nth-child(5) button")
        self.assertEqual(self.names()[:2], ["monthly_statement", "book_home"])
        self.assertEqual(self.attribute("th:nth-child(5)", "aria-sort"), "descending")
        self.click("table[aria-label=Statements] th:nth-child(5) button")
        self.assertEqual(self.names()[0], "price_of_night")
        self.assertEqual(self.names()[-1], "(other)", "what is left comes last in any order")
        self.answered_again()
        self.assertEqual(self.names()[0], "price_of_night", "and stays so")

    def test_nothing_is_read_out_again_that_was_said(self):
        self.open(scenes.breaker_open())
        browser.run("window.told = 0; new MutationObserver(() => ++window.told).observe("
                    "document.getElementById('spoken'), {childList: true, characterData: true})")
        later = scenes.breaker_open()
        later["snapshot"]["databases"][0]["circuit"] |= {"retry_after_ms": 2400,
                                                         "in_state_ms": 9100}
        service.play(later)
        self.wait_until(lambda: "next trial in 3 s" in self.text(".problems"), "the countdown")
        self.assertEqual(browser.run("return window.told"), 0)

    TURN = ("window.turn = (hidden) => {"
            " Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
            " document.dispatchEvent(new Event('visibilitychange')); };")

    def test_a_history_that_comes_whole_is_asked_for_seldom(self):
        self.open(scenes.healthy(), whole_history=True)
        self.wait_until(lambda: self.asked("/snapshot") >= 4, "some questions")
        self.assertEqual(self.asked("/history"), 2)
        browser.run(self.TURN + "turn(true); turn(false)")
        self.wait_until(lambda: self.asked("/history") == 3, "what was missed is asked for")
        self.assertLessEqual(self.asked("/snapshot"), 5, "and at once")

    def test_a_hidden_page_asks_nothing(self):
        between = "turn(true)"
        amid = ("const real = fetch; window.fetch = (...all) => {"
                " window.fetch = real; turn(true); return real(...all); }")
        for hide in (between, amid):
            with self.subTest(hide=hide):
                self.open(scenes.healthy())
                browser.run(self.TURN + hide)
                self.wait_until(lambda: browser.run("return document.hidden"), "it is hidden")
                time.sleep(0.2)  # for the answer to a question that was under way
                service.asked.clear()
                time.sleep(1.3)  # it would ask each second
                self.assertEqual(service.asked, [])
                browser.run("turn(false)")
                self.wait_until(lambda: self.asked("/snapshot"), "it asks again")

    def test_no_motion_for_whoever_wants_none(self):
        moves = "return getComputedStyle(document.querySelector('.meter-fill')).transitionDuration"
        self.open(scenes.healthy())
        self.assertIn(browser.run(moves), ("0s", ""))
        browser.show(1440, 900, still=False)
        self.assertEqual(browser.run(moves), "0.3s")


class Trouble(Page):
    network_errors_expected = True

    def test_service_that_does_not_answer(self):
        self.open(scenes.healthy())
        service.play(None)
        self.wait_until(lambda: "does not answer" in self.text("#headline"), "it says so")
        self.says("#summary", "no connection", "what is below was true at")
        self.assertIsNotNone(self.attribute("body", "data-stale"))
        self.assertTrue(browser.driver.title.startswith("✕"))
        asked = self.asked("/snapshot")
        self.wait_until(lambda: self.asked("/snapshot") >= asked + 1, "another try")
        self.wait_until(lambda: "next try in 2 s" in self.text("#contact"), "a longer pause")
        service.asked.clear()
        service.play(scenes.healthy())
        self.click("#again")
        self.wait_until(lambda: "All is well" in self.text("#headline"), "it is back")
        self.assertEqual(self.asked("/history"), 1, "and what was missed is asked for")
        self.assertIsNone(self.attribute("body", "data-stale"))

    def test_token(self):
        self.open_without_wait(scenes.healthy(), "s3cret")
        self.wait_until(lambda: self.text("#token-form"), "it asks for the token")
        self.assertFalse(self.text("main"))
        self.give("wrong")
        self.wait_until(lambda: "not accepted" in self.text("#token-form"), "it was refused")
        self.give("s3cret")
        self.wait_until(lambda: "All is well" in self.text("#headline"), "it was accepted")
        self.assertFalse(self.text("#token-form"))
        kept = browser.run("return [Object.values(sessionStorage), localStorage.length,"
                           " document.cookie, location.href, document.body.innerHTML]")
        self.assertEqual(kept[:4], [["s3cret"], 0, "", service.url])
        self.assertNotIn("s3cret", kept[4])
        self.click("#forget")
        self.wait_until(lambda: self.text("#token-form"), "it asks again")
        self.assertEqual(browser.run("return sessionStorage.length"), 0)

    def open_without_wait(self, scene, token):
        service.play(scene, token)
        browser.driver.get(service.url)

    def give(self, token):
        browser.run("document.getElementById('token').value = arguments[0];"
                    "document.querySelector('#token-form button').click()", token)


class Looks(Page):
    def test_fits_and_can_be_read(self):
        for name in ("healthy", "breaker_open", "overloaded", "just_started", "hostile"):
            self.open(getattr(scenes, name)())
            for width, dark in ((360, False), (360, True), (1440, False), (1440, True)):
                with self.subTest(scene=name, width=width, dark=dark):
                    browser.show(width, 800, dark)
                    browser.frame()
                    wide = browser.run("return document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, width, "no scrolling sideways")
                    self.assertEqual(browser.run(CONTRASTS), [], "WCAG AA: 4.5, large text 3")

    def test_colour_schemes_differ(self):
        self.open(scenes.healthy())
        ground = "return getComputedStyle(document.body).backgroundColor"
        light = browser.run(ground)
        browser.show(1440, 900, dark=True)
        self.assertNotEqual(browser.run(ground), light)

    def test_everything_has_a_name(self):
        self.open(scenes.breaker_open())
        nameless = browser.run(
            "return [...document.querySelectorAll('button, [role=img], [role=meter],"
            " [role=slider], table, input, [role=tablist]')].filter(each => !(each.ariaLabel ||"
            " each.labels?.length || each.textContent.trim())).map(each => each.outerHTML)")
        self.assertEqual(nameless, [])


if __name__ == "__main__":
    if find() is None:
        print("skipped: neither Chromium nor its driver is installed")
        sys.exit(SKIPPED)
    unittest.main()
