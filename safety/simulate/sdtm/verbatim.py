"""What a site in China writes of an adverse event: half of them in Chinese."""

from __future__ import annotations

from safety.simulate.model import Report

# By CTCAE term, as a coordinator would write it.
CHINESE = {
    "Abdominal pain": "腹痛",
    "Alanine aminotransferase increased": "谷丙转氨酶升高",
    "Anemia": "贫血",
    "Anorexia": "食欲下降",
    "Arthralgia": "关节痛",
    "Aspartate aminotransferase increased": "谷草转氨酶升高",
    "Back pain": "背痛",
    "Blood bilirubin increased": "胆红素升高",
    "Constipation": "便秘",
    "Diarrhea": "腹泻",
    "Edema limbs": "双下肢水肿",
    "Epistaxis": "鼻出血",
    "Fatigue": "乏力",
    "Febrile neutropenia": "发热性中性粒细胞减少",
    "Headache": "头痛",
    "Hypertension": "高血压",
    "Hypertriglyceridemia": "甘油三酯升高",
    "Insomnia": "失眠",
    "Lymphocyte count decreased": "淋巴细胞减少",
    "Mucositis oral": "口腔黏膜炎",
    "Nausea": "恶心",
    "Neutrophil count decreased": "中性粒细胞减少",
    "Palmar-plantar erythrodysesthesia syndrome": "手足综合征",
    "Platelet count decreased": "血小板减少",
    "Proteinuria": "蛋白尿",
    "Rash maculo-papular": "皮疹",
    "Upper respiratory infection": "上呼吸道感染",
    "Urinary tract infection": "尿路感染",
    "Vomiting": "呕吐",
    "White blood cell decreased": "白细胞减少",
}


def verbatim(report: Report) -> str:
    """Return AETERM: every second event of a subject in Chinese, all rows of an event alike."""
    if report.group % 2:
        return report.verbatim
    return CHINESE.get(report.term, report.verbatim)
