"""A headless Chromium with a profile of its own, which ends with it."""
import os
import shutil
import tempfile


def find():
    """Chromium and its driver; None when one is missing."""
    programs = [
        next(filter(None, map(shutil.which, names)), None)
        for names in (("chromium", "chromium-browser"), ("chromedriver",))
    ]
    return None if None in programs else programs


class Browser:
    """`with Browser() as browser:` quits it in any case and removes what it left."""

    def __init__(self, scratch=None):
        # Not above: where there is no Chromium, there need not be Selenium either.
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        self.home = tempfile.TemporaryDirectory(prefix="freehold-browser-", dir=scratch)
        chromium, driver = find()
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in (
            "headless=new", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars",
            "no-first-run", "disable-background-networking", "disable-component-update",
            "disable-sync", "disable-extensions", "disable-default-apps", "lang=en",
            "font-render-hinting=none", f"user-data-dir={self.home.name}/profile",
        ):
            options.add_argument(f"--{argument}")
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which root cannot have
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        environment = os.environ | {"HOME": self.home.name, "TMPDIR": self.home.name}
        try:
            self.driver = webdriver.Chrome(
                options=options, service=Service(driver, env=environment))
        except Exception:
            self.home.cleanup()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.driver.quit()
        finally:
            self.home.cleanup()

    def show(self, width, height, dark=False, still=True):
        """The window as a person has it."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def frame(self):
        """After it, everything that is drawn by its size is drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; document.fonts.ready.then(() =>"
            " requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def full_height(self):
        return self.run("return document.documentElement.scrollHeight")

    def console(self):
        """What it logged since it was asked last."""
        return [(entry["level"], entry["source"], entry["message"])
                for entry in self.driver.get_log("browser")]
