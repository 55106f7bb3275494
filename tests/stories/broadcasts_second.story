# 超过50人，要再有一个人同意；同意了还有十分钟可以取消。
# 时间：2026-10-12 09:00。人物：李四友是金桂花园党支部书记，支部除他51个人；周五常是桂花社区工作者。
# 名册：{"members": [{"key": "b0", "name": "郑一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000100"}, {"key": "b1", "name": "郑二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000101"}, {"key": "b2", "name": "郑三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000102"}, {"key": "b3", "name": "郑四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000103"}, {"key": "b4", "name": "郑五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000104"}, {"key": "b5", "name": "郑六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000105"}, {"key": "b6", "name": "郑七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000106"}, {"key": "b7", "name": "冯一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000107"}, {"key": "b8", "name": "冯二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000108"}, {"key": "b9", "name": "冯三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000109"}, {"key": "b10", "name": "冯四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000110"}, {"key": "b11", "name": "冯五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000111"}, {"key": "b12", "name": "冯六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000112"}, {"key": "b13", "name": "冯七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000113"}, {"key": "b14", "name": "陈一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000114"}, {"key": "b15", "name": "陈二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000115"}, {"key": "b16", "name": "陈三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000116"}, {"key": "b17", "name": "陈四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000117"}, {"key": "b18", "name": "陈五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000118"}, {"key": "b19", "name": "陈六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000119"}, {"key": "b20", "name": "陈七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000120"}, {"key": "b21", "name": "褚一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000121"}, {"key": "b22", "name": "褚二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000122"}, {"key": "b23", "name": "褚三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000123"}, {"key": "b24", "name": "褚四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000124"}, {"key": "b25", "name": "褚五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000125"}, {"key": "b26", "name": "褚六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000126"}, {"key": "b27", "name": "褚七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000127"}, {"key": "b28", "name": "卫一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000128"}, {"key": "b29", "name": "卫二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000129"}, {"key": "b30", "name": "卫三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000130"}, {"key": "b31", "name": "卫四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000131"}, {"key": "b32", "name": "卫五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000132"}, {"key": "b33", "name": "卫六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000133"}, {"key": "b34", "name": "卫七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000134"}, {"key": "b35", "name": "蒋一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000135"}, {"key": "b36", "name": "蒋二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000136"}, {"key": "b37", "name": "蒋三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000137"}, {"key": "b38", "name": "蒋四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000138"}, {"key": "b39", "name": "蒋五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000139"}, {"key": "b40", "name": "蒋六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000140"}, {"key": "b41", "name": "蒋七全", "branch": "jinguihua", "community": "guihua", "phone": "19900000141"}, {"key": "b42", "name": "沈一木", "branch": "jinguihua", "community": "guihua", "phone": "19900000142"}, {"key": "b43", "name": "沈二山", "branch": "jinguihua", "community": "guihua", "phone": "19900000143"}, {"key": "b44", "name": "沈三友", "branch": "jinguihua", "community": "guihua", "phone": "19900000144"}, {"key": "b45", "name": "沈四常", "branch": "jinguihua", "community": "guihua", "phone": "19900000145"}, {"key": "b46", "name": "沈五川", "branch": "jinguihua", "community": "guihua", "phone": "19900000146"}, {"key": "b47", "name": "沈六思", "branch": "jinguihua", "community": "guihua", "phone": "19900000147"}]}

李四友 > 通知我们支部 10月15日(周四)上午9点开大会
< 发给金桂花园党支部，共51人。3人在聊天里收、48人由1位联络员转告。他们看到的是：“金桂花园党支部通知：10月15日(周四)上午9点开大会。收到请回复1。”
< 1 发
< 2 不发
< 3 改
< 回复数字就行，0 返回。
李四友 > 1
< 超过50人要再有一个人同意，已经告诉周五常。同意了，我告诉您。
周五常 < 李四友要给51人发通知，请您看一看。回复1查看。
周五常 > 1
< 李四友要发给金桂花园党支部，共51人。3人在聊天里收、48人由1位联络员转告。他们看到的是：“金桂花园党支部通知：10月15日(周四)上午9点开大会。收到请回复1。”
< 1 同意发
< 2 不同意
< 3 等会儿再说
< 回复数字就行，0 返回。
周五常 > 9
< 请回复1到3之间的数字。
< 李四友要发给金桂花园党支部，共51人。3人在聊天里收、48人由1位联络员转告。他们看到的是：“金桂花园党支部通知：10月15日(周四)上午9点开大会。收到请回复1。”
< 1 同意发
< 2 不同意
< 3 等会儿再说
< 回复数字就行，0 返回。
周五常 > 1
< 好的，上午9点…分发出。改主意，10分钟内回复“撤销”。
李四友 < 周五常同意了您的通知，上午9点…分发出。要取消，请回复1。
李四友 > 1
< 好的，通知取消了，谁也没收到。
