"""Scrapy over the same pages: two at a time, no pause, each page into a file."""
import os

import scrapy


class Pages(scrapy.Spider):
    name = "pages"
    custom_settings = {
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 2,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }

    def start_requests(self):
        with open(os.environ["PEER_URLS"]) as urls:
            for index, url in enumerate(urls.read().split()):
                yield scrapy.Request(url, cb_kwargs={"index": index}, dont_filter=True)

    def parse(self, response, index):
        with open(os.path.join(os.environ["PEER_OUT"], f"{index}.html"), "wb") as file:
            file.write(response.body)
