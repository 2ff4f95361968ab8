"""Names for the demo: plainly invented companies and people, none of them meant to exist."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from crm.models import Account, Contact

ROOT_FIRST = "穹砚岫霁漪筠珞昱棠槐鹭澈栖泊苍汀渚遥黛篁"
ROOT_SECOND = "屿禾川岭原岑渡泽舟屏岸澜衡垣枫陌溯岚汐"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "敏", "静", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂",
    "波", "宁", "岩", "博", "琪", "子轩", "雨桐", "嘉禾", "文博", "思远", "晓东", "志强", "建国",
    "丽华", "海燕", "春梅", "国栋", "俊杰", "晓峰", "欣怡", "雅婷", "浩然", "立群", "永康", "佳宁",
    "若曦", "明远", "书瑶", "启航", "一鸣", "承志", "可欣", "卫东", "玉兰", "振华",
)  # fmt: skip
Kind = Account.Kind
Role = Contact.Role

# What stands after the root of a name, and the industry that it means.
ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    Kind.LISTED: (
        ("电网", "电力"), ("港务", "港口"), ("水务", "水务"), ("燃气", "燃气"),
        ("重工", "装备制造"), ("医药", "医药"), ("食品", "食品"), ("物流", "物流"),
        ("银行", "银行"), ("汽车", "汽车"),
    ),
    Kind.SOE: (
        ("能源", "电力"), ("矿业", "采矿"), ("机场", "航空"), ("地铁", "轨道交通"),
        ("航运", "航运"), ("冶金", "冶金"), ("粮油", "粮食"), ("高速", "公路"),
        ("建工", "建筑"), ("水利", "水利"),
    ),
    Kind.GOVERNMENT: (
        ("新区政务中心", "政务"), ("新区住建局", "政务"), ("新区教育局", "教育"),
        ("新区交通局", "交通"), ("新区水务局", "水务"), ("新区大数据中心", "政务"),
        ("新区人社局", "政务"), ("新区应急局", "应急"),
    ),
    Kind.PUBLIC_INSTITUTION: (
        ("医院", "医疗"), ("职业学院", "教育"), ("博物馆", "文化"), ("疾控中心", "医疗"),
        ("图书馆", "文化"), ("检测院", "检测"), ("设计院", "设计"), ("广播台", "传媒"),
    ),
    Kind.FORTUNE500_CN: (
        ("化工（中国）", "化工"), ("汽车（中国）", "汽车"), ("消费品（中国）", "消费品"),
        ("电气（中国）", "电气"), ("医疗器械（中国）", "医疗器械"), ("咖啡（中国）", "餐饮"),
    ),
    Kind.FOREIGN: (
        ("精密", "精密制造"), ("仪器", "仪器"), ("材料", "材料"), ("药业", "医药"),
        ("供应链", "物流"), ("香料", "食品"), ("传感", "电子"), ("轴承", "机械"),
    ),
    Kind.SME: (
        ("家居", "家居"), ("教育", "教育"), ("零售", "零售"), ("服饰", "服装"), ("包装", "包装"),
        ("文旅", "旅游"), ("农业", "农业"), ("医械", "医疗器械"),
        ("餐饮", "餐饮"), ("跨境", "电商"),
    ),
    Kind.INTEGRATOR: (
        ("系统集成", "系统集成"), ("信息技术", "系统集成"), ("数科", "系统集成"),
        ("智联", "系统集成"),
    ),
}  # fmt: skip
# City and its distance from the vendor's own, in km.
CITIES = (
    ("杭州", 0), ("上海", 170), ("宁波", 150), ("苏州", 160), ("南京", 270), ("合肥", 420),
    ("南昌", 510), ("武汉", 730), ("长沙", 860), ("厦门", 740), ("济南", 800), ("郑州", 900),
    ("北京", 1270), ("深圳", 1200), ("西安", 1350), ("成都", 1820),
)  # fmt: skip
CITY_WEIGHTS = (9, 9, 5, 6, 6, 5, 2, 4, 3, 2, 3, 2, 6, 4, 2, 2)
SUBJECTS = (
    "知识助手", "客服质检", "设备巡检问答", "合同审阅", "招标文件助手", "公文写作助手", "工单分派",
    "热线分析", "会议纪要", "报表问答", "培训陪练", "质检图像识别", "投诉归因", "备件预测",
    "排班优化", "文档检索", "病历质控", "票据识别", "选址分析", "能耗预测", "安全帽识别",
)  # fmt: skip
PURPOSES = (
    "降低人工客服成本", "提高检修效率", "集团数字化考核要求", "领导想了解大模型能做什么",
    "减少重复文书", "缩短审批时间", "替换老系统", "先了解市场情况",
)  # fmt: skip
RIVALS = ("穹原智能", "砚岭科技", "遥岸数据", "岫枫软件", "泊澜智算", "昱舟云")


class Post(NamedTuple):
    """A part that somebody plays at a client, with a usual title, department and seniority."""

    role: str
    title: str
    department: str
    seniority: int


POSTS: dict[str, tuple[Post, ...]] = {
    Role.BUDGET_HOLDER: (
        Post(Role.BUDGET_HOLDER, "副总经理", "总经办", 4),
        Post(Role.BUDGET_HOLDER, "计划总监", "计划发展部", 3),
        Post(Role.BUDGET_HOLDER, "总经理", "总经办", 5),
    ),
    Role.BUSINESS_OWNER: (
        Post(Role.BUSINESS_OWNER, "业务处长", "生产业务部", 3),
        Post(Role.BUSINESS_OWNER, "业务主管", "客服业务部", 2),
    ),
    Role.IT: (
        Post(Role.IT, "信息主管", "信息中心", 2),
        Post(Role.IT, "工程师", "数字化部", 1),
    ),
    Role.PROCUREMENT: (Post(Role.PROCUREMENT, "采购经理", "采购部", 2),),
    Role.FINANCE: (Post(Role.FINANCE, "财务经理", "财务部", 2),),
    Role.USER: (
        Post(Role.USER, "班组长", "运行一班", 1),
        Post(Role.USER, "专员", "服务大厅", 1),
    ),
    Role.SPONSOR: (
        Post(Role.SPONSOR, "创新总监", "创新中心", 3),
        Post(Role.SPONSOR, "战略经理", "战略发展部", 2),
    ),
}


class Company(NamedTuple):
    """An invented company."""

    name: str
    industry: str


def company(rng: Random, kind: str, city: str, taken: set[str]) -> Company:
    """Return a company whose name is not taken yet, and take it."""
    while True:
        root = rng.choice(ROOT_FIRST) + rng.choice(ROOT_SECOND)
        ending, industry = rng.choice(ENDINGS[kind])
        for name in (root + ending, city + root + ending):
            if name not in taken:
                taken.add(name)
                return Company(name, industry)


def person(rng: Random) -> str:
    """Return a person's name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def post(rng: Random, role: str) -> Post:
    """Return a post that plays the part."""
    return rng.choice(POSTS[role])


def solution_titles() -> Iterator[str]:
    """Yield the titles of one solution document after the other."""
    version = 0
    while True:
        version += 1
        yield f"解决方案 v{version}"
